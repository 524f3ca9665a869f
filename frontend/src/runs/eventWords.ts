/** The journal of a run in words. No React. */
import type { Drawn, RunEvent } from '../api/schema'
import { count } from '../lib/format'
import { duration } from '../lib/time'
import { remoteOf } from './fold'
import { standingSentence } from './remote'

/** What a line of the journal says, and how it is coloured. */
export function words(event: RunEvent): { tone: string; text: string } {
  switch (event.type) {
    case 'queued':
      return {
        tone: 'quiet',
        text: [
          'The run is waiting to start.',
          event.ignored &&
            `Ignored inputs, which the workflow does not declare: ${event.ignored.join(', ')}.`,
          event.randomized && `Random numbers: ${drawnWords(event.randomized)}.`,
        ]
          .filter(Boolean)
          .join(' '),
      }
    case 'started':
      return {
        tone: 'quiet',
        text: `Started${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}: ${count(event.nodes?.length ?? 0, 'step')}.`,
      }
    case 'submit':
      return { tone: 'quiet', text: 'is running' }
    case 'suspected':
      return { tone: 'quiet', text: suspectedSentence(event.deaths) }
    case 'progress':
      return { tone: 'quiet', text: event.text || `${Math.round((event.fraction ?? 0) * 100)} %` }
    case 'runner':
      return {
        tone: event.state === 'invalid' ? 'bad' : 'quiet',
        text: standingSentence(remoteOf(event)),
      }
    case 'warning':
      return { tone: 'bad', text: `Warning: ${event.message}` }
    case 'completion': {
      const times = event.items && event.items > 1 ? `, ${event.items} items` : ''
      const how = event.cached ? 'done, from the cache' : `done in ${duration(event.ms ?? 0)}`
      return { tone: 'ok', text: how + times }
    }
    case 'skipped':
      return { tone: 'quiet', text: event.reason ? `skipped: ${event.reason}` : 'skipped' }
    case 'error':
      return { tone: 'bad', text: event.message }
    case 'output':
      return { tone: 'ok', text: 'The run is done.' }
    case 'failed':
      return { tone: 'bad', text: event.message || 'The run failed.' }
    case 'cancelled':
      return { tone: 'quiet', text: 'The run was cancelled.' }
  }
}

/** The random numbers of a run, as `seed 829381, noise 7`. */
export function drawnWords(drawn: Drawn): string {
  return Object.values(drawn)
    .flatMap(row => Object.entries(row))
    .map(([name, number]) => `${name} ${number}`)
    .join(', ')
}

function suspectedSentence(deaths: number): string {
  return deaths ? 'is tried alone, because the server died while it was running' : 'is cleared'
}
