/** The form: one row per field with its label, help and complaint, and the button that runs. */
import { Loader2, Play, Square } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import { duration } from '../../lib/time'
import { Button } from '../../ui/controls/Button'
import { useWhoseKeys, WhoseKeys } from '../../ui/credentials/WhoseKeys'
import { FormRows } from '../../ui/play-form/FormRows'
import type { FormField, Values } from '../../ui/play-form/schema'
import type { Player } from '../run/player'
import { texts } from '../texts'
import css from './PlayForm.module.css'

interface Props {
  slug: string
  form: readonly FormField[]
  values: Values
  player: Player
  member: boolean
  mayRun: boolean
  user: string
  cost: number | null | undefined
  /** How long the last run took, ms. */
  usual: number | null
  onChange: (name: string, value: Values[string]) => void
  onRun: () => void
}

export function PlayForm(props: Props) {
  const { slug, form, values, player, member, mayRun, user, onChange, onRun } = props
  const phase = useStore(player.state, state => state.phase)
  const problem = useStore(player.state, state => state.problem)
  const fields = useStore(player.state, state => state.fields)
  const cancelling = useStore(player.state, state => state.cancelling)
  const busy = phase !== 'idle'
  const [whose] = useWhoseKeys(slug, member)
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    // What is being typed is handed over when its field loses the focus.
    const at = document.activeElement as HTMLElement | null
    at?.blur()
    at?.focus()
    event.currentTarget.closest('form')?.requestSubmit()
  }
  return (
    <form
      className={css.form}
      aria-label={texts.inputs}
      noValidate
      onKeyDown={keys}
      onSubmit={event => {
        event.preventDefault()
        if (mayRun && !busy) onRun()
      }}
    >
      <FormRows
        form={form}
        values={values}
        problems={fields}
        uploads={member}
        disabled={!mayRun}
        onChange={onChange}
      />
      {!form.length && <p className={css.none}>{texts.thisWorkflowHasNoInputs}</p>}
      {mayRun ? (
        <>
          <div className={css.buttons}>
            <button type="submit" className={css.go} disabled={busy}>
              {busy ? (
                <Loader2 aria-hidden size={17} className={css.turning} />
              ) : (
                <Play aria-hidden size={15} fill="currentColor" />
              )}
              {busy ? texts.running : texts.run}
            </button>
            {phase === 'running' && member && (
              <Button
                className={css.stop}
                icon={<Square aria-hidden size={12} fill="currentColor" />}
                disabled={cancelling}
                onClick={() => void player.cancel()}
              >
                {cancelling ? texts.cancelling : texts.cancel}
              </Button>
            )}
          </div>
          {problem && (
            <p className={css.problem} role="alert">
              {problem}
            </p>
          )}
          <p className={css.facts}>{factsOf(props)}</p>
          {member && <WhoseKeys rows={whose} />}
        </>
      ) : (
        <p className={css.closed}>
          {member ? texts.youMayOnlyView : texts.thisWorkflowIsPublicBut}
          {!user && (
            <a href={`/login?next=${encodeURIComponent(location.pathname)}`}>
              {' '}
              {texts.logInToRunIt}
            </a>
          )}
        </p>
      )}
    </form>
  )
}

function factsOf({ cost, usual, member }: Props): string {
  const price = !member ? '' : cost ? texts.aboutCredits(cost) : texts.free
  const time = usual === null ? '' : texts.tookTimeLastTime(duration(usual))
  return [price, time].filter(Boolean).join(' · ')
}
