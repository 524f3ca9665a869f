/** The dialog in which a runner is added or changed, and tried before it is kept. */

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { runnerChange, runnerCreate, runnerTry } from '../api/runners'
import type { NewRunner, Runner, RunnerHealth } from '../api/schema'
import { tagsWith } from '../comfy/runners'
import { Button } from '../ui/controls/Button'
import { Dialog } from '../ui/controls/Dialog'
import { Switch } from '../ui/controls/Switch'
import { TagsField } from '../ui/controls/TagsField'
import { FormRow } from '../ui/forms/FormRow'
import forms from '../ui/forms/forms.module.css'
import { Problem } from '../ui/forms/Problem'
import { problemsOf } from '../ui/forms/problems'
import { useSubmit } from '../ui/forms/useSubmit'
import { StateDot } from '../ui/StateDot'
import { deviceWords, healthFacts, stateWords } from './format'
import { type HeaderRow, HeaderRows, headersOf, rowsOf } from './HeaderRows'
import css from './RunnerDialog.module.css'

interface Props {
  /** The runner to change; null to add one. */
  runner: Runner | null
  /** Staff may let everybody use a runner. */
  staff: boolean
  /** Tags of other runners. */
  offers: readonly string[]
  onClose: () => void
  onSaved: (runner: Runner) => void
}

const FIELDS = ['name', 'endpoint', 'headers', 'tags', 'shared']

export function RunnerDialog({ runner, staff, offers, onClose, onSaved }: Props) {
  const [name, setName] = useState(runner?.name ?? '')
  const [endpoint, setEndpoint] = useState(runner?.endpoint ?? '')
  const [tags, setTags] = useState<string[]>(runner?.tags ?? [])
  const [headers, setHeaders] = useState<HeaderRow[]>(() => rowsOf(runner?.headers ?? {}))
  const [shared, setShared] = useState(runner?.shared ?? false)
  const { busy, problems, submit } = useSubmit(FIELDS)
  const wish: NewRunner = {
    name: name.trim(),
    endpoint: endpoint.trim(),
    headers: headersOf(headers),
    tags,
    ...(staff && { shared }),
  }
  const test = useMutation({
    mutationFn: () =>
      runnerTry({ endpoint: wish.endpoint, headers: wish.headers, id: runner?.id ?? null }),
  })
  const save = (event: FormEvent) => {
    event.preventDefault()
    const missing: Record<string, string> = {}
    if (!wish.name) missing.name = 'Enter a name, such as the machine it runs on.'
    if (!wish.endpoint) missing.endpoint = 'Enter its URL, such as http://192.168.1.20:8188.'
    void submit(async () => {
      onSaved(runner ? await runnerChange(runner.id, wish) : await runnerCreate(wish))
    }, missing)
  }
  const changed = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      // What was found is about what stood there before.
      test.reset()
      set(value)
    }
  }
  const setAddress = changed(setEndpoint)
  return (
    <Dialog title={runner ? `Edit ${runner.name}` : 'Add runner'} onClose={onClose}>
      <form className={forms.form} noValidate autoComplete="off" onSubmit={save}>
        <FormRow label="Name" problem={problems.fields.name}>
          {props => (
            <input
              {...props}
              type="text"
              data-autofocus
              maxLength={100}
              value={name}
              onChange={event => setName(event.target.value)}
            />
          )}
        </FormRow>
        <FormRow
          label="URL"
          help="Where this server reaches ComfyUI, with its port."
          problem={problems.fields.endpoint}
        >
          {props => (
            <input
              {...props}
              type="url"
              inputMode="url"
              spellCheck={false}
              placeholder="http://192.168.1.20:8188"
              value={endpoint}
              onChange={event => setAddress(event.target.value)}
            />
          )}
        </FormRow>
        <FormRow
          label="Tags"
          help="A workflow that requires tags runs only on runners that have all of them. Without tags this runner accepts any workflow without tags."
          problem={problems.fields.tags}
        >
          {props => (
            <TagsField {...props} value={tags} offers={offers} add={tagsWith} onChange={setTags} />
          )}
        </FormRow>
        <fieldset className={css.headers}>
          <legend className={forms.legend}>Headers</legend>
          <HeaderRows rows={headers} onChange={changed(setHeaders)} />
          <p className={forms.help}>
            Sent with every request, for a proxy that requires a key. Values are stored encrypted.
          </p>
          {problems.fields.headers && (
            <p className={forms.bad} role="alert">
              {problems.fields.headers}
            </p>
          )}
        </fieldset>
        {staff && (
          <div className={css.shared}>
            <div>
              <b>Shared with all users</b>
              <p className={forms.help}>Otherwise it runs your own workflows only.</p>
            </div>
            <Switch label="Shared with all users" checked={shared} onChange={setShared} />
          </div>
        )}
        {test.isPending && (
          <p className={css.found} role="status">
            <StateDot tone="running" /> Asking {wish.endpoint} …
          </p>
        )}
        {test.data && <Found health={test.data} />}
        {test.error && (
          <p className={forms.bad} role="alert">
            {Object.values(problemsOf(test.error, FIELDS).fields)[0] ??
              problemsOf(test.error, FIELDS).whole}
          </p>
        )}
        <Problem text={problems.whole} />
        <div className={forms.buttons}>
          <Button disabled={!wish.endpoint || test.isPending} onClick={() => test.mutate()}>
            Test
          </Button>
          <span className={css.gap} />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={busy}>
            {runner ? 'Save' : 'Add runner'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Found({ health }: { health: RunnerHealth }) {
  const { tone, word } = stateWords(health)
  const said =
    health.state === 'up' ? healthFacts(health) : [health.error || 'It does not respond.']
  return (
    <div className={css.found} data-tone={tone} role="status">
      <StateDot tone={tone} />
      <div>
        <b>{word}</b> · {said.join(' · ')}
        {health.devices.map((device, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two cards may be alike
          <p key={i}>{deviceWords(device)}</p>
        ))}
      </div>
    </div>
  )
}
