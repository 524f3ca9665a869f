/** What a template needs before it can run, and whether that is here already. */
import { Check, Cpu, KeyRound, type LucideIcon, Server } from 'lucide-react'
import type { Need, WorkflowSummary } from '../api/schema'
import { useLocalModels, useProviders, useServers } from '../ui/providers/queries'
import css from './Needs.module.css'
import { texts } from './texts'
import type { Wanting } from './view'

export const ICONS: Record<Wanting, LucideIcon> = {
  nothing: Check,
  key: KeyRound,
  weights: Cpu,
  server: Server,
  runner: Server,
}

/** Returns whether something that templates need is here; undefined as long as that is not known. */
export function useIsHere(): (need: Need) => boolean | undefined {
  const providers = useProviders().data
  const models = useLocalModels().data
  const servers = useServers().data
  return ({ kind, id }) => {
    if (kind === 'key')
      return providers && providers.find(row => row.id === id)?.state === 'connected'
    if (kind === 'weights') return models && models.find(row => row.id === id)?.state === 'ready'
    if (kind === 'server') return servers?.some(row => row.id === id)
    return undefined
  }
}

interface Props {
  row: WorkflowSummary
  isHere: (need: Need) => boolean | undefined
}

/** In one line: nothing, or the first thing that is missing and how many more there are. */
export function NeedsLine({ row, isHere }: Props) {
  const needs = row.template?.needs ?? []
  const missing = needs.filter(need => !isHere(need))
  const [first] = missing.length ? missing : needs
  const Icon = ICONS[first && missing.length ? first.kind : 'nothing']
  return (
    <span className={css.line} data-kind={missing.length ? first?.kind : 'nothing'}>
      <Icon aria-hidden size={14} />
      {first === undefined && texts.needsNothing}
      {first && missing.length === 0 && texts.readyWith(first.name)}
      {first && missing.length > 0 && texts.needs[first.kind](first.name, missing.length - 1)}
    </span>
  )
}

const WAYS_ON: Record<Need['kind'], string> = {
  key: '/models',
  weights: '/models',
  server: '/models',
  runner: '/runners',
}

/** All of it, each with the page on which it is put in place. */
export function NeedsList({ row, isHere }: Props) {
  const needs = row.template?.needs ?? []
  if (!needs.length) return <p>{texts.runsAsItIs}</p>
  return (
    <ul className={css.list}>
      {needs.map(need => {
        const Icon = ICONS[isHere(need) ? 'nothing' : need.kind]
        return (
          <li
            key={need.kind + need.id}
            className={css.line}
            data-kind={isHere(need) ? 'nothing' : need.kind}
          >
            <Icon aria-hidden size={14} />
            <span>{texts.needed[need.kind](need.name)}</span>
            {isHere(need) ? (
              <em>{texts.isThere}</em>
            ) : (
              <a href={WAYS_ON[need.kind]}>{texts.wayOn[need.kind]}</a>
            )}
          </li>
        )
      })}
    </ul>
  )
}
