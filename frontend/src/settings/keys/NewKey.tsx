/** The dialog in which a key is made: a name, what it may do, and how long. */

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client'
import { keyCreate } from '../../api/keys'
import type { KeyPresets, NewApiKey } from '../../api/schema'
import { Dialog } from '../../ui/controls/Dialog'
import { Form } from '../../ui/forms/Form'
import { FormRow } from '../../ui/forms/FormRow'
import css from '../../ui/forms/forms.module.css'
import { Problem } from '../../ui/forms/Problem'
import { TextRow } from '../../ui/forms/TextRow'
import { useSubmit } from '../../ui/forms/useSubmit'
import { texts } from '../texts'
import { covers, offered, presetsWithin, rightsWords } from './capabilities'
import own from './NewKey.module.css'

const CUSTOM = 'custom'
const LIVES: [string, string][] = [
  ['', texts.never],
  ['7', texts.in7Days],
  ['30', texts.in30Days],
  ['90', texts.in90Days],
  ['365', texts.inAYear],
]

interface Props {
  presets: KeyPresets
  onClose: () => void
  onMade: (key: NewApiKey) => void
}

export function NewKey({ presets: { presets, ceiling }, onClose, onMade }: Props) {
  const choices = presetsWithin(presets, ceiling)
  const [name, setName] = useState('')
  const [preset, setPreset] = useState(
    choices.find(row => row.preset === 'workflow-deploy')?.preset ?? choices[0]?.preset ?? CUSTOM,
  )
  const [rights, setRights] = useState<readonly string[]>([])
  const [days, setDays] = useState('')
  const form = useSubmit(['name', 'capabilities', 'expiresInDays'])
  const make = () => {
    const missing: Record<string, string> = {}
    if (!name.trim()) missing.name = texts.enterAName
    if (preset === CUSTOM && !rights.length) missing.capabilities = texts.chooseItsPermissions
    void form.submit(async () => {
      const permissions = preset === CUSTOM ? { capabilities: [...rights] } : { preset }
      const life = days ? { expiresInDays: Number(days) } : {}
      onMade(await keyCreate({ name: name.trim(), ...permissions, ...life }))
    }, missing)
  }
  return (
    <Dialog title={texts.newKey} onClose={onClose}>
      <Form
        sending={form}
        onSubmit={make}
        onCancel={onClose}
        verb={texts.createApiKey}
        meanwhile={texts.creating}
      >
        <TextRow
          label={texts.name}
          problem={form.problems.fields.name}
          autoFocus
          maxLength={200}
          value={name}
          onChange={setName}
        />
        <fieldset className={own.choices}>
          <legend className={css.legend}>{texts.permissions}</legend>
          {choices.map(row => (
            <Radio
              key={row.preset}
              value={row.preset}
              chosen={preset}
              title={row.label}
              about={rightsWords(row.capabilities)}
              onChoose={setPreset}
            />
          ))}
          <Radio
            value={CUSTOM}
            chosen={preset}
            title={texts.custom}
            about={texts.chooseEachPermissionOrASingle}
            onChoose={setPreset}
          />
          {preset === CUSTOM && <Rights ceiling={ceiling} rights={rights} onChange={setRights} />}
          <Problem text={form.problems.fields.capabilities ?? ''} />
        </fieldset>
        <FormRow label={texts.expires} problem={form.problems.fields.expiresInDays}>
          {props => (
            <select {...props} value={days} onChange={event => setDays(event.target.value)}>
              {LIVES.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </FormRow>
      </Form>
    </Dialog>
  )
}

interface RadioProps {
  value: string
  chosen: string
  title: string
  about: string
  onChoose: (value: string) => void
}

function Radio({ value, chosen, title, about, onChoose }: RadioProps) {
  return (
    <label className={own.choice}>
      <input
        type="radio"
        name="preset"
        aria-label={title}
        value={value}
        checked={value === chosen}
        onChange={() => onChoose(value)}
      />
      <span>
        <b>{title}</b>
        <small>{about}</small>
      </span>
    </label>
  )
}

interface RightsProps {
  ceiling: readonly string[]
  rights: readonly string[]
  onChange: (rights: readonly string[]) => void
}

function Rights({ ceiling, rights, onChange }: RightsProps) {
  const workflows = useQuery({
    queryKey: ['workflows'],
    queryFn: () => call<{ slug: string; name: string }[]>('/api/workflows'),
  })
  const toggle = (capability: string) =>
    onChange(
      rights.includes(capability)
        ? rights.filter(one => one !== capability)
        : [...rights, capability],
    )
  const single = rights.find(one => one.split(':').length === 3)
  return (
    <div className={own.rights}>
      {offered(ceiling).map(({ capability, words }) => (
        <label key={capability}>
          <input
            type="checkbox"
            checked={rights.includes(capability)}
            onChange={() => toggle(capability)}
          />
          {words} <code>{capability}</code>
        </label>
      ))}
      {covers(ceiling, 'workflow:run') && (
        <label>
          {texts.runASingleWorkflow}
          <select
            value={single ?? ''}
            onChange={event => {
              const others = rights.filter(one => one !== single)
              onChange(event.target.value ? [...others, event.target.value] : others)
            }}
          >
            <option value="">{texts.none}</option>
            {workflows.data?.map(({ slug, name }) => (
              <option key={slug} value={`workflow:${slug}:run`}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  )
}
