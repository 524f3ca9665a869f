/** What a picker of models offers, and in which order. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { LocalModel, ModelProvider, TaskModel } from '../../api/schema'
import { ApiError } from '../../lib/errors'
import { arrange, type Filter, filtersFor, freeIds } from './arrange'
import { keptModels, noteUse, toggleFavorite } from './kept'
import { localOf, percentOf } from './local'
import { partsOf } from './partsOf'
import { saveable, taskCounts } from './test'

const model = (id: string, name: string, more: Partial<TaskModel> = {}): TaskModel => ({
  id,
  name,
  provider: partsOf(id).provider,
  providerName: partsOf(id).provider,
  task: 'image',
  takes: ['text'],
  gives: ['image'],
  price: '',
  credits: 1,
  creditsPer: 'call',
  note: '',
  state: 'ready',
  missing: '',
  resumes: true,
  ...more,
})
const MODELS = [
  model('fal/flux-dev', 'FLUX.1 dev', { state: 'needsKey' }),
  model('openai/gpt-image-2', 'GPT Image 2', { takes: ['text', 'list<image>'] }),
  model('local/sd-lcm', 'Stable Diffusion LCM', { state: 'needsWeights' }),
  model('replicate/flux-kontext-pro', 'FLUX.1 Kontext pro'),
  model('openai/gpt-image-2-mini', 'GPT Image 2 mini'),
]
const found = (query = '', more: { filter?: Filter; favorites?: string[]; value?: string } = {}) =>
  arrange(MODELS, { query, filter: 'all', favorites: [], recent: [], value: '', ...more }).map(
    section => [section.state, ...section.models.map(({ name }) => name)],
  )

describe('the models of a picker', () => {
  it('come by what they lack: those that can be used first', () => {
    expect(found()).toEqual([
      ['ready', 'GPT Image 2', 'FLUX.1 Kontext pro', 'GPT Image 2 mini'],
      ['needsWeights', 'Stable Diffusion LCM'],
      ['needsKey', 'FLUX.1 dev'],
    ])
  })
  it('put what is in use first, then favorites', () => {
    const favorites = ['replicate/flux-kontext-pro']
    expect(found('', { favorites, value: 'openai/gpt-image-2-mini' })[0]).toEqual([
      'ready',
      'GPT Image 2 mini',
      'FLUX.1 Kontext pro',
      'GPT Image 2',
    ])
  })
  it('put what was used last before what was never used', () => {
    const recent = ['openai/gpt-image-2-mini', 'replicate/flux-kontext-pro']
    const [ready] = arrange(MODELS, {
      query: '',
      filter: 'all',
      favorites: [],
      recent,
      value: '',
    })
    expect(ready?.models.map(({ id }) => id).slice(0, 2)).toEqual(recent)
  })
  it('are found by name, provider and id, however they are written', () => {
    expect(found('flux')).toEqual([
      ['ready', 'FLUX.1 Kontext pro'],
      ['needsKey', 'FLUX.1 dev'],
    ])
    expect(found('openai mini')).toEqual([['ready', 'GPT Image 2 mini']])
    expect(found('gptimage2')[0]?.slice(0, 2)).toEqual(['ready', 'GPT Image 2'])
    expect(found('nonsense')).toEqual([])
  })
  it('are cut down by filters that leave some and leave out some', () => {
    expect(filtersFor(MODELS, [])).toEqual(['all', 'favorites', 'local', 'takesImage'])
    expect(filtersFor(MODELS.slice(0, 1), [])).toEqual(['all', 'favorites'])
    expect(found('', { filter: 'local' })).toEqual([['needsWeights', 'Stable Diffusion LCM']])
    expect(found('', { filter: 'takesImage' })).toEqual([['ready', 'GPT Image 2']])
    expect(found('', { filter: 'favorites', favorites: ['fal/flux-dev'] })).toEqual([
      ['needsKey', 'FLUX.1 dev'],
    ])
  })
})

describe('a model that no list has', () => {
  const provider = (id: string, more: Partial<ModelProvider> = {}): ModelProvider => ({
    id,
    name: id,
    kind: 'cloud',
    origin: '',
    tasks: ['image'],
    state: 'connected',
    credential: null,
    keyUrl: '',
    keyHint: '',
    ...more,
  })
  const providers = [
    provider('openai'),
    provider('fal', { state: 'needsKey' }),
    provider('Ollama', { kind: 'server', state: 'open', tasks: ['chat'] }),
  ]
  it('can be named with its provider, connected or not', () => {
    expect(freeIds('openai/gpt-9', 'image', providers)).toEqual(['openai/gpt-9'])
    expect(freeIds('fal/fal-ai/new', 'image', providers)).toEqual(['fal/fal-ai/new'])
  })
  it('is asked of the providers of the task where none is named', () => {
    expect(freeIds('gpt-9', 'image', providers)).toEqual(['openai/gpt-9'])
    expect(freeIds('qwen/qwen3', 'chat', providers)).toEqual(['Ollama/qwen/qwen3'])
  })
  it('is no sentence', () => {
    expect(freeIds('a nice model', 'image', providers)).toEqual([])
    expect(freeIds(' ', 'image', providers)).toEqual([])
  })
  it('has a name with slashes of its own', () => {
    expect(partsOf('openrouter/google/gemini-3')).toEqual({
      provider: 'openrouter',
      name: 'google/gemini-3',
    })
    expect(partsOf('gpt-9')).toEqual({ provider: '', name: 'gpt-9' })
  })
})

describe('what is kept in this browser', () => {
  beforeEach(() => keptModels.setState({ favorites: [], recent: {} }))
  it('are favorites, until they are unmarked', () => {
    toggleFavorite('a/1')
    toggleFavorite('b/2')
    expect(keptModels.getState().favorites).toEqual(['b/2', 'a/1'])
    toggleFavorite('a/1')
    expect(keptModels.getState().favorites).toEqual(['b/2'])
  })
  it('are the last few models of each task', () => {
    for (const id of ['a/1', 'a/2', 'a/3', 'a/1', 'a/4', 'a/5']) noteUse('image', id)
    noteUse('chat', 'c/1')
    expect(keptModels.getState().recent).toEqual({
      image: ['a/5', 'a/4', 'a/1', 'a/3'],
      chat: ['c/1'],
    })
  })
})

describe('the test of a key', () => {
  it('counts by task, in the words of the pages', () => {
    const tasks = { image: 3, chat: 40, odd: 1, video: 0 }
    expect(taskCounts({ tasks })).toEqual([
      ['chat', 40],
      ['image', 3],
      ['odd', 1],
    ])
  })
  it('that the provider could not take leaves the key to be saved, a refusal does not', () => {
    expect(saveable(new ApiError(400, 'UNREACHABLE', 'It does not answer.', {}))).toBe(true)
    expect(saveable(new ApiError(422, 'MODEL_BUSY', 'Too many requests.', {}))).toBe(true)
    expect(saveable(new ApiError(422, 'MODEL_KEY_REFUSED', 'Incorrect API key.', {}))).toBe(false)
    expect(saveable(new ApiError(400, 'INVALID_BODY', 'One line.', {}))).toBe(false)
    expect(saveable(new TypeError('Failed to fetch'))).toBe(false)
    expect(saveable(null)).toBe(false)
  })
})

describe('a local model', () => {
  const row = { id: 'isnet', bytes: 200, fetched: 99 } as LocalModel
  it('is found by the id of the model', () => {
    expect(localOf([row], 'local/isnet')).toBe(row)
    expect(localOf([row], 'fal/isnet')).toBeUndefined()
  })
  it('says how much of it is here, never more than all', () => {
    expect(percentOf(row)).toBe(49)
    expect(percentOf({ bytes: 0, fetched: 0 })).toBe(0)
    expect(percentOf({ bytes: 10, fetched: 12 })).toBe(100)
  })
})
