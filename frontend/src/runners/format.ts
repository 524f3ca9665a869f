/** What the pages say of runners, in words. No React. */
import type { Runner, RunnerDevice, RunnerHealth } from '../api/schema'
import { amount } from '../lib/locale'
import { ago } from '../lib/time'
import type { Tone } from '../runs/tone'
import { texts } from './texts'

/** How a runner is: "Up", "Down", "Not checked yet"; "Off" when it gets no work. */
export function health(runner: Pick<Runner, 'health' | 'status'>): {
  tone: Tone
  word: string
} {
  if (runner.status === 'disabled') return { tone: 'quiet', word: texts.off }
  return stateWords(runner.health)
}

/** What a probe found, in a word or two. */
export function stateWords(found: RunnerHealth | null): { tone: Tone; word: string } {
  switch (found?.state) {
    case 'up':
      return { tone: 'ok', word: texts.up }
    case 'down':
      return { tone: 'bad', word: texts.down }
    default:
      return { tone: 'quiet', word: texts.notCheckedYet }
  }
}

/** The facts of a runner that responds, or why it does not. */
export function facts(runner: Pick<Runner, 'health' | 'lastSeenAt'>, now: Date): string[] {
  const found = runner.health
  const seen = runner.lastSeenAt ? texts.lastSeenWhen(ago(runner.lastSeenAt, now)) : texts.neverSeen
  if (!found || found.state === 'unknown') return []
  if (found.state === 'down') return [found.error || texts.itDoesNotRespond, seen]
  return healthFacts(found)
}

/** Version, queue and response time as a probe found them. */
export function healthFacts(found: RunnerHealth): string[] {
  return [
    found.version && texts.comfyuiVersion(found.version),
    queueWords(found.queueRemaining),
    found.latencyMs !== null && texts.respondsInMs(Math.max(1, Math.round(found.latencyMs))),
  ].filter(part => typeof part === 'string' && part !== '') as string[]
}

/** How much waits: "nothing waits", "1 in its queue". */
function queueWords(remaining: number | null): string {
  if (remaining === null) return ''
  return remaining === 0 ? texts.idle : texts.inItsQueue(remaining)
}

const GIB = 1024 ** 3

/** A graphics card without the words of its driver: "NVIDIA GeForce RTX 4090, 18.2 of 24 GB free". */
export function deviceWords(device: RunnerDevice): string {
  const name =
    device.name
      .replace(/^[a-z]+:\d+\s+/, '')
      .replace(/\s*:\s*\S+$/, '')
      .trim() || device.name
  const { vramTotal: total, vramFree: free } = device
  if (!total) return name
  const size = (bytes: number) => amount(Number((bytes / GIB).toFixed(bytes < 10 * GIB ? 1 : 0)))
  return free === null
    ? texts.cardMemory(name, size(total))
    : texts.cardMemoryFree(name, size(free), size(total))
}
