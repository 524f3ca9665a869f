/** Variations of a node: values of one or two fields, what they cost, and a grid of what they gave. */
import { useQuery } from '@tanstack/react-query'
import { Dices } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Json } from '../../api/document'
import { runPlan } from '../../api/results'
import type { Input, Variations } from '../../api/schema'
import { fieldValue } from '../../document/check'
import { connectedInputs } from '../../document/graph'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { moneyRange, timeWords } from '../../runs/plan'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { useRunOverview } from '../run/hooks'
import { useSession } from '../session'
import { Grid } from './Grid'
import { type AxisDraft, fieldsThatVary, firstValues, isSeed, MOST, seeds, valuesOf } from './plan'
import { texts } from './texts'
import css from './VariationsPanel.module.css'

/** What was run last of each node: it is still there when the panel opens again. */
const last = new WeakMap<object, Map<string, { axes: AxisDraft[]; run: string | null }>>()

export function VariationsPanel({ id }: { id: string }) {
  const session = useSession()
  useRunOverview()
  const { runs, runner, view, catalog, store } = session
  const starting = useStore(runner.state, state => state.starting)
  const known = last.get(session) ?? new Map<string, { axes: AxisDraft[]; run: string | null }>()
  last.set(session, known)
  const node = store.node(id)
  const fields = node
    ? fieldsThatVary(catalog.inputsOf(node), connectedInputs(store.document, catalog, id))
    : []
  const draft = (input: Input | undefined): AxisDraft => ({
    field: input?.name ?? '',
    typed: input && node ? firstValues(input, fieldValue(node, input) as Json) : '',
  })
  const [axes, setAxes] = useState<AxisDraft[]>(
    () => known.get(id)?.axes ?? [draft(fields[0]), { field: '', typed: '' }],
  )
  const [run, setRun] = useState(() => known.get(id)?.run ?? null)
  useEffect(() => {
    known.set(id, { axes, run })
  }, [known, id, axes, run])

  const inputOf = (name: string) => fields.find(field => field.name === name)
  const shown = axes.flatMap(axis => {
    const input = inputOf(axis.field)
    const values = input ? valuesOf(axis.typed, input.type) : []
    return input && values.length ? [{ input, values }] : []
  })
  const count = shown.length ? shown.reduce((all, { values }) => all * values.length, 1) : 0
  const variations: Variations | null =
    count > 1 && count <= MOST
      ? { node: id, axes: shown.map(({ input, values }) => ({ field: input.name, values })) }
      : null
  const key = JSON.stringify(variations)
  const plan = useQuery({
    queryKey: ['plan', session.slug, 'variations', key],
    queryFn: async () => {
      await session.sync.flush()
      return variations && runPlan(session.slug, { variations })
    },
    enabled: variations !== null,
    gcTime: 0,
    retry: false,
  })
  const close = () => view.setState({ variations: null })
  const active = run !== null && runs.summary.id === run && runs.active
  const problem =
    count > MOST
      ? texts.tooMany(count, MOST)
      : plan.error
        ? errorMessage(plan.error)
        : (plan.data?.problems[0]?.message ?? '')
  const cost = plan.data
    ? [
        moneyRange(plan.data.usd) ||
          (plan.data.credits ? texts.credits(plan.data.credits) : texts.free),
        timeWords(plan.data.seconds, plan.data.untimed),
      ]
    : [texts.planning]

  const start = async () => {
    if (!variations) return
    try {
      const started = await runner.run({ variations })
      if (started) setRun(started)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
  }
  const change = (at: number, axis: AxisDraft) =>
    setAxes(axes.map((one, place) => (place === at ? axis : one)))

  return (
    <Dialog full title={texts.title(session.titleOf(id))} onClose={close}>
      {fields.length === 0 ? (
        <p className={css.empty}>{texts.noField}</p>
      ) : (
        <form
          className={css.setup}
          onSubmit={event => {
            event.preventDefault()
            void start()
          }}
        >
          {axes.map((axis, at) => {
            const input = inputOf(axis.field)
            return (
              <div key={at === 0 ? 'across' : 'down'} className={css.axis}>
                <label>
                  <span>{at === 0 ? texts.across : texts.down}</span>
                  <select
                    value={axis.field}
                    disabled={active}
                    onChange={event => change(at, draft(inputOf(event.target.value)))}
                  >
                    {at > 0 && <option value="">{texts.nothing}</option>}
                    {fields
                      .filter(({ name }) => name !== axes[1 - at]?.field)
                      .map(({ name, label }) => (
                        <option key={name} value={name}>
                          {label || name}
                        </option>
                      ))}
                  </select>
                </label>
                {input && (
                  <textarea
                    rows={1}
                    aria-label={texts.values(input.label || input.name)}
                    title={texts.valuesHelp}
                    value={axis.typed}
                    disabled={active}
                    onChange={event => change(at, { ...axis, typed: event.target.value })}
                  />
                )}
                {input && isSeed(input) && (
                  <Button
                    tone="ghost"
                    label={texts.draw}
                    disabled={active}
                    icon={<Dices size={16} />}
                    onClick={() => {
                      const many = valuesOf(axis.typed, 'number').length || 4
                      change(at, { ...axis, typed: seeds(many, input).join(', ') })
                    }}
                  />
                )}
              </div>
            )
          })}
          <output className={css.cost} data-bad={problem !== '' || undefined}>
            {problem || (count > 0 && [texts.count(count), ...cost].filter(Boolean).join(' · '))}
          </output>
          {active ? (
            <Button onClick={() => void runner.cancel()}>{texts.cancelAll}</Button>
          ) : (
            <Button
              type="submit"
              tone="primary"
              disabled={!variations || problem !== '' || runs.active || starting}
            >
              {texts.run(count)}
            </Button>
          )}
        </form>
      )}
      {fields.length > 0 && <Grid id={id} axes={shown} run={run} />}
    </Dialog>
  )
}
