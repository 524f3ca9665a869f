/** The journal of a run in words. No React. */
import type { Execution, RunEvent } from '../api/schema'
import { list, money } from '../lib/locale'
import { duration } from '../lib/time'
import { remoteOf } from './fold'
import { remoteSentence } from './remote'
import { texts } from './texts'

/** What a line of the journal says, and how it is colored. */
export function words(event: RunEvent): { tone: string; text: string } {
  switch (event.type) {
    case 'queued':
      return {
        tone: 'quiet',
        text: [
          texts.theRunIsWaitingToStart,
          event.ignored && texts.ignoredInputs(event.ignored),
          event.randomized && texts.randomNumbers(drawnWords(event.randomized)),
        ]
          .filter(Boolean)
          .join(' '),
      }
    case 'pausing':
      return { tone: 'quiet', text: texts.theRunIsPausing }
    case 'paused':
      return { tone: 'quiet', text: event.lost ? texts.theRunIsPausedLost : texts.theRunIsPaused }
    case 'resumed':
      return { tone: 'quiet', text: texts.theRunWasResumed }
    case 'started': {
      const steps = event.nodes?.length ?? 0
      const { attempt } = event
      return {
        tone: 'quiet',
        text: attempt > 1 ? texts.startedAttempt(attempt, steps) : texts.started(steps),
      }
    }
    case 'submit':
      return { tone: 'quiet', text: texts.isRunning }
    case 'suspected':
      return { tone: 'quiet', text: suspectedSentence(event.deaths) }
    case 'progress':
      return {
        tone: 'quiet',
        text: event.text || texts.percent(Math.round((event.fraction ?? 0) * 100)),
      }
    case 'runner':
      return {
        tone: event.state === 'invalid' ? 'bad' : 'quiet',
        text: remoteSentence(remoteOf(event)),
      }
    case 'charged':
      return {
        tone: 'quiet',
        text:
          event.usd === null
            ? texts.wasCalled(event.model)
            : texts.wasPaid(event.model, money(event.usd)),
      }
    case 'warning':
      return { tone: 'warn', text: texts.warningMessage(event.message) }
    case 'items': {
      const failed = event.items.filter(item => item.message !== undefined).length
      return {
        tone: failed ? 'bad' : 'quiet',
        text: failed ? texts.itemsFailed(failed) : texts.itemsDone(event.items.length),
      }
    }
    case 'completion':
      return {
        tone: 'ok',
        text: completion(duration(event.ms ?? 0), event.items ?? 1, event.cached),
      }
    case 'skipped':
      return {
        tone: 'quiet',
        text: event.reason ? texts.skippedReason(event.reason) : texts.skipped,
      }
    case 'error':
      return { tone: 'bad', text: event.message }
    case 'output':
      return { tone: 'ok', text: texts.theRunIsDone }
    case 'failed':
      return { tone: 'bad', text: event.message || texts.theRunFailed }
    case 'cancelled':
      return { tone: 'quiet', text: texts.theRunWasCancelled }
  }
}

/** The random numbers of a run, as `seed 829381, noise 7`. */
export function drawnWords(drawn: Execution['randomized']): string {
  const numbers = Object.values(drawn)
    .flatMap(row => Object.entries(row))
    .map(([name, number]) => `${name} ${number}`)
  return list(numbers)
}

function completion(time: string, items: number, cached: boolean | undefined): string {
  if (items > 1) return cached ? texts.itemsFromTheCache(items) : texts.itemsInTime(time, items)
  return cached ? texts.doneFromTheCache : texts.doneInTime(time)
}

function suspectedSentence(deaths: number): string {
  return deaths ? texts.isTriedAlone : texts.isCleared
}
