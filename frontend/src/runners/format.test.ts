import { describe, expect, it } from 'vitest'
import type { Runner, RunnerHealth } from '../api/schema'
import { lackingLines, matching, tagsInUse, tagsWith } from '../comfy/runners'
import { deviceWords, facts, health } from './format'

const up: RunnerHealth = {
  state: 'up',
  checkedAt: null,
  version: '0.3.64',
  queueRemaining: 2,
  devices: [],
  error: '',
  latencyMs: 12.4,
}
const runner = (more: Partial<Runner>): Runner => ({
  id: 'r',
  name: 'r',
  endpoint: 'http://r',
  tags: [],
  status: 'active',
  shared: false,
  private: false,
  mine: true,
  headers: {},
  health: up,
  lastSeenAt: null,
  createdAt: '',
  ...more,
})

describe('how a runner is', () => {
  const now = new Date('2026-01-01T12:00:00Z')
  const down = { ...up, state: 'down' as const, error: 'Connection refused.' }

  it.each([
    [runner({}), 'ok', 'Up'],
    [runner({ health: down }), 'bad', 'Down'],
    [runner({ health: null }), 'quiet', 'Not checked yet'],
    [runner({ status: 'disabled' }), 'quiet', 'Off'],
  ])('is a word and a tone', (found, tone, word) => {
    expect(health(found)).toEqual({ tone, word })
  })

  it('is told with its facts while it answers, else with the reason and when it was seen', () => {
    expect(facts(runner({}), now)).toEqual([
      'ComfyUI 0.3.64',
      '2 in its queue',
      'responds in 12 ms',
    ])
    const gone = runner({ health: down, lastSeenAt: '2026-01-01T11:55:00Z' })
    expect(facts(gone, now)).toEqual(['Connection refused.', 'last seen 5 min ago'])
    expect(facts(runner({ health: down }), now)).toContain('never seen')
    expect(facts(runner({ health: null }), now)).toEqual([])
  })
})

it.each([
  [
    'cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync',
    24,
    18.25,
    'NVIDIA GeForce RTX 4090, 18 of 24 GB free',
  ],
  ['cpu', 0, 0, 'cpu'],
  ['mps', 16, null, 'mps, 16 GB'],
  ['cuda:1 Tesla T4', 15, 1.26, 'Tesla T4, 1.3 of 15 GB free'],
])('the device %s is named without its driver', (name, total, free, words) => {
  const bytes = (gib: number | null) => (gib === null ? null : gib * 1024 ** 3)
  expect(deviceWords({ name, vramTotal: bytes(total), vramFree: bytes(free) })).toBe(words)
})

describe('tags', () => {
  it('are told apart by their case, and are at most ten', () => {
    expect(tagsWith(' GPU, gpu ,,a', ['a'])).toEqual(['a', 'GPU', 'gpu'])
    expect(tagsWith('1,2,3,4,5,6,7,8,9,10,11', [])).toHaveLength(10)
  })

  it('choose the runners that have all of them, and those without any', () => {
    const both = runner({ name: 'both', tags: ['a', 'b'] })
    const one = runner({ name: 'one', tags: ['a'] })
    const any = runner({ name: 'any' })
    const off = runner({ name: 'off', status: 'disabled' })
    const all = [both, one, any, off]
    const names = (tags: string[]) => matching(all, tags).map(found => found.name)
    expect(names(['a', 'b'])).toEqual(['both', 'any'])
    expect(names([])).toEqual(['both', 'one', 'any'])
    expect(names(['A'])).toEqual(['any'])
    expect(tagsInUse(all)).toEqual(['a', 'b'])
  })
})

it('what a runner lacks is told as classes, models and other values, each once', () => {
  const option = (node: string, input: string, value: string) => ({
    node,
    nodeType: 'Loader',
    input,
    value,
  })
  const options = [
    option('3', 'sampler', 'nonsense'),
    option('4', 'ckpt_name', 'cat.safetensors'),
    option('5', 'ckpt_name', 'cat.safetensors'),
  ]
  expect(lackingLines({ classes: ['FancyNode'], options })).toEqual([
    'Node class FancyNode',
    'Model cat.safetensors',
    'nonsense as sampler of Loader',
  ])
  expect(lackingLines({ classes: [], options: [] })).toEqual([])
})
