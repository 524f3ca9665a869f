/** What went wrong at a node, below its card: one line, what to do about it, and folded detail. */
import { useStore } from 'zustand'
import { textOf } from '../../catalog/ports'
import { faultsOf, faultWords } from '../../comfy/fault'
import { sentenceCase } from '../../ui/fields/spec'
import type { CardData } from '../flow/flow'
import { useNodeRun } from '../run/hooks'
import { useSession } from '../session'
import css from './CardError.module.css'
import { repair } from './repair'
import { repairLabel, repairPage, rowOf } from './repairs'
import { texts } from './texts'

export function CardError({ id, data }: { id: string; data: CardData }) {
  const session = useSession()
  const { runner, view, store } = session
  const run = useNodeRun(id)
  const problem = useStore(runner.state, state => state.problems.find(issue => issue.nodeId === id))
  const body: Body = problem ?? run.error?.body ?? {}
  const message = (problem ? problem.message : run.message) || texts.nodeFailedSentence
  const row = rowOf(body.code)
  const port = data.type?.inputs.find(input => input.name === body.field)
  const [blamed] = problem ? [] : faultsOf(run.error).keys()
  // A key that is requested here: the node runs again once its provider is connected.
  const cause = body.cause as { provider?: unknown; credential?: unknown } | null | undefined
  const provider = row.repair === 'addKey' && !problem ? textOf(cause?.provider) : ''
  const page = provider ? null : repairPage(row.repair, textOf(cause?.credential))
  const label = repairLabel(row.repair, row.repair === 'addKey' ? providerOf(message) : '')
  const facts = factsOf(body, port?.label)
  const traceback = problem ? null : (run.error?.body?.cause as { traceback?: unknown })?.traceback
  return (
    <div className={`${css.error} nodrag nowheel`} role="alert">
      <b>{row.title}</b>
      <span className={css.message}>{message}</span>
      {page && label && (
        <a className={css.repair} href={page} target="_blank" rel="noreferrer">
          {label}
        </a>
      )}
      {!page && label && store.canEdit && (
        <button
          type="button"
          className={css.repair}
          onClick={() =>
            provider
              ? view.setState({ provider: { id: provider, node: id } })
              : repair(session, row.repair, id, body.field ?? undefined)
          }
        >
          {label}
        </button>
      )}
      {blamed && (
        <button
          type="button"
          className={css.repair}
          onClick={() => view.setState({ graph: { node: id, start: blamed } })}
        >
          {texts.showInTheGraph(faultWords(run.error))}
        </button>
      )}
      {(facts.length > 0 || message.length > LONG) && (
        <details>
          <summary>{texts.details}</summary>
          {message.length > LONG && <p>{message}</p>}
          <dl>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {typeof traceback === 'string' && (
        <details>
          <summary>{texts.traceback}</summary>
          <pre className={css.traceback}>{traceback}</pre>
        </details>
      )}
    </div>
  )
}

/** Characters of a message that fit without being folded. */
const LONG = 140
const MOST = 2_000

type Body = {
  field?: string | null
  value?: unknown
  expected?: unknown
  code?: string
  cause?: unknown
}

function factsOf(body: Body, label: string | undefined): [string, string][] {
  const shown = (value: unknown) =>
    (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, MOST)
  const facts: [string, string][] = []
  if (body.field) facts.push([texts.field, label || sentenceCase(String(body.field))])
  if (body.value != null) facts.push([texts.value, shown(body.value)])
  if (body.expected) facts.push([texts.expected, shown(body.expected)])
  if (body.code) facts.push([texts.code, body.code])
  return facts
}

/** "fal" in "fal-ai/flux needs a fal key.", "OpenAI" in "OpenAI needs a key of yours." */
function providerOf(message: string): string {
  const found = / needs an? (\S+) key|^(.{1,30}) (?:needs a key|does not accept)/.exec(message)
  return found?.[1] ?? found?.[2] ?? ''
}
