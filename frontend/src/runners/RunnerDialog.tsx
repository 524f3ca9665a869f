/** The dialog in which a runner is added or changed, and tried before it is kept. */

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { runnerChange, runnerCreate, runnerTry } from '../api/runners'
import type { NewRunner, Runner, RunnerHealth } from '../api/schema'
import { tagsWith } from '../comfy/runners'
import { Button } from '../ui/controls/Button'
import { Dialog } from '../ui/controls/Dialog'
import { Switch } from '../ui/controls/Switch'
import { TagsField } from '../ui/controls/TagsField'
import { Form } from '../ui/forms/Form'
import { FormRow } from '../ui/forms/FormRow'
import forms from '../ui/forms/forms.module.css'
import { Problem } from '../ui/forms/Problem'
import { type Problems, problemsOf } from '../ui/forms/problems'
import { TextRow } from '../ui/forms/TextRow'
import { useSubmit } from '../ui/forms/useSubmit'
import { StateDot } from '../ui/StateDot'
import { deviceWords, healthFacts, stateWords } from './format'
import { type HeaderRow, HeaderRows, headersOf, rowsOf } from './HeaderRows'
import css from './RunnerDialog.module.css'
import { texts } from './texts'

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
  const form = useSubmit(FIELDS)
  const request: NewRunner = {
    name: name.trim(),
    endpoint: endpoint.trim(),
    headers: headersOf(headers),
    tags,
    ...(staff && { shared }),
  }
  const test = useMutation({
    mutationFn: () =>
      runnerTry({
        endpoint: request.endpoint,
        headers: headersOf(headers),
        id: runner?.id ?? null,
      }),
  })
  const save = () => {
    const missing: Record<string, string> = {}
    if (!request.name) missing.name = texts.enterAName
    if (!request.endpoint) missing.endpoint = texts.enterItsUrlSuchAsHttp
    void form.submit(async () => {
      onSaved(runner ? await runnerChange(runner.id, request) : await runnerCreate(request))
    }, missing)
  }
  const changed = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      // What was found is about what was there before.
      test.reset()
      set(value)
    }
  }
  const setUrl = changed(setEndpoint)
  return (
    <Dialog title={runner ? texts.editName(runner.name) : texts.addRunner} onClose={onClose}>
      <Form
        sending={form}
        onSubmit={save}
        onCancel={onClose}
        verb={runner ? texts.save : texts.addRunner}
        more={
          <Button disabled={!request.endpoint || test.isPending} onClick={() => test.mutate()}>
            {texts.test}
          </Button>
        }
      >
        <TextRow
          label={texts.name}
          problem={form.problems.fields.name}
          data-autofocus
          maxLength={100}
          value={name}
          onChange={setName}
        />
        <TextRow
          label={texts.url}
          help={texts.whereThisServerReachesComfyui}
          problem={form.problems.fields.endpoint}
          type="url"
          inputMode="url"
          spellCheck={false}
          placeholder="http://192.168.1.20:8188"
          value={endpoint}
          onChange={setUrl}
        />
        <FormRow
          label={texts.tags}
          help={texts.aWorkflowThatRequiresTagsRuns}
          problem={form.problems.fields.tags}
        >
          {props => (
            <TagsField {...props} value={tags} offers={offers} add={tagsWith} onChange={setTags} />
          )}
        </FormRow>
        <fieldset className={css.headers}>
          <legend className={forms.legend}>{texts.headers}</legend>
          <HeaderRows rows={headers} onChange={changed(setHeaders)} />
          <p className={forms.help}>{texts.sentWithEveryRequest}</p>
          <Problem text={form.problems.fields.headers ?? ''} />
        </fieldset>
        {staff && (
          <div className={css.shared}>
            <div>
              <b>{texts.sharedWithAllUsers}</b>
              <p className={forms.help}>{texts.otherwiseItRunsYourOwnWorkflows}</p>
            </div>
            <Switch label={texts.sharedWithAllUsers} checked={shared} onChange={setShared} />
          </div>
        )}
        {test.isPending && (
          <p className={css.found} role="status">
            <StateDot tone="running" /> {texts.testingUrl(request.endpoint)}
          </p>
        )}
        {test.data && <Found health={test.data} />}
        {test.error && <Problem text={firstOf(problemsOf(test.error, FIELDS))} />}
      </Form>
    </Dialog>
  )
}

const firstOf = ({ fields, whole }: Problems) => Object.values(fields)[0] ?? whole

function Found({ health }: { health: RunnerHealth }) {
  const { tone, word } = stateWords(health)
  const said =
    health.state === 'up' ? healthFacts(health) : [health.error || texts.itDoesNotRespond]
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
