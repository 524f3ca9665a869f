/** One runner in the list: how it is in words, where it is, its graphics cards, tags and queue. */

import { useMutation } from '@tanstack/react-query'
import { ChevronRight, Globe, Lock, Pencil, RotateCw, Trash2, Users } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { runnerChange, runnerTest } from '../api/runners'
import type { Runner } from '../api/schema'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { Switch } from '../ui/controls/Switch'
import { StateDot } from '../ui/StateDot'
import { useNow } from '../ui/useNow'
import { deviceWords, facts, health } from './format'
import { Queue } from './Queue'
import css from './RunnerItem.module.css'
import { texts } from './texts'

interface Props {
  runner: Runner
  onEdit: () => void
  onDelete: () => void
  onChanged: () => unknown
}

export function RunnerItem({ runner, onEdit, onDelete, onChanged }: Props) {
  const now = useNow()
  const queueId = useId()
  const [open, setOpen] = useState(false)
  const { tone, word } = health(runner)
  const refused = (error: unknown) => toast(errorMessage(error), { tone: 'bad' })
  const toggle = useMutation({
    mutationFn: (active: boolean) =>
      runnerChange(runner.id, { status: active ? 'active' : 'disabled' }),
    onError: refused,
    onSettled: onChanged,
  })
  const test = useMutation({
    mutationFn: () => runnerTest(runner.id),
    onError: refused,
    onSettled: onChanged,
  })
  const active = toggle.isPending ? toggle.variables : runner.status === 'active'
  const up = runner.health?.state === 'up'
  return (
    <li className={css.item} data-off={!active || undefined}>
      <div className={css.head}>
        <h2>{runner.name}</h2>
        <span className={css.state} data-tone={tone} role="status">
          <StateDot tone={test.isPending ? 'running' : tone} />
          {test.isPending ? texts.checking : word}
        </span>
        {runner.shared ? (
          <Mark icon={<Users aria-hidden size={13} />} title={texts.sharedWithAllUsers}>
            {runner.mine ? texts.shared : texts.sharedWithYou}
          </Mark>
        ) : (
          <Mark icon={<Lock aria-hidden size={13} />} title={texts.itRunsYourOwnWorkflowsOnly}>
            {texts.onlyYou}
          </Mark>
        )}
        {!runner.private && (
          <Mark icon={<Globe aria-hidden size={13} />} title={texts.itMust}>
            {texts.publicAddress}
          </Mark>
        )}
        <span className={css.actions}>
          {runner.mine && (
            <>
              <Button
                tone="ghost"
                label={texts.testName(runner.name)}
                icon={<RotateCw aria-hidden size={16} />}
                disabled={test.isPending}
                onClick={() => test.mutate()}
              />
              <Button
                tone="ghost"
                label={texts.editName(runner.name)}
                icon={<Pencil aria-hidden size={16} />}
                onClick={onEdit}
              />
              <Button
                tone="ghost"
                label={texts.deleteName(runner.name)}
                icon={<Trash2 aria-hidden size={16} />}
                onClick={onDelete}
              />
              <Switch
                label={texts.nameAcceptsWork(runner.name)}
                checked={active}
                disabled={toggle.isPending}
                onChange={next => toggle.mutate(next)}
              />
            </>
          )}
        </span>
      </div>
      {runner.endpoint && <p className={css.endpoint}>{runner.endpoint}</p>}
      <p className={css.facts} data-bad={runner.health?.state === 'down' || undefined}>
        {facts(runner, now).map((fact, i) => (
          <span key={fact} data-first={i === 0 || undefined}>
            {fact}
          </span>
        ))}
      </p>
      {up && runner.health && runner.health.devices.length > 0 && (
        <ul className={css.devices} aria-label={texts.devicesOfName(runner.name)}>
          {runner.health.devices.map((device, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two cards may be alike
            <li key={i}>{deviceWords(device)}</li>
          ))}
        </ul>
      )}
      <div className={css.foot}>
        {runner.tags.length > 0 ? (
          <ul className={css.tags} aria-label={texts.tagsOfName(runner.name)}>
            {runner.tags.map(tag => (
              <li key={tag}>{tag}</li>
            ))}
          </ul>
        ) : (
          <span className={css.none}>{texts.noTags}</span>
        )}
        <button
          type="button"
          className={css.fold}
          aria-expanded={open}
          aria-controls={queueId}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight aria-hidden size={14} /> {texts.queue}
        </button>
      </div>
      <div id={queueId}>{open && <Queue runner={runner} />}</div>
    </li>
  )
}

function Mark({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <span className={css.mark} title={title}>
      {icon}
      {children}
    </span>
  )
}
