/** The ComfyUI servers that run workflows: how each is, adding, changing and testing them. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { accountGet } from '../api/account'
import { runnerDelete, runnerList, runnerTest } from '../api/runners'
import type { Runner } from '../api/schema'
import { tagsInUse } from '../comfy/runners'
import { ApiError } from '../lib/errors'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { Confirm } from '../ui/forms/Confirm'
import { Loaded } from '../ui/forms/Loaded'
import type { PageProps } from '../ui/page'
import { AppShell } from '../ui/shell/AppShell'
import { NoRunners } from './NoRunners'
import { RunnerDialog } from './RunnerDialog'
import { RunnerItem } from './RunnerItem'
import css from './RunnersPage.module.css'
import { texts } from './texts'

/** Health changes by itself, which nothing reports to this page. */
const POLL_MS = 10_000
const KEY = ['runners']
const GONE = texts.itGetsNoMoreWork
const BUSY = texts.runsAreInProgress

export default function RunnersPage({ user }: PageProps) {
  const client = useQueryClient()
  const runners = useQuery({ queryKey: KEY, queryFn: runnerList, refetchInterval: POLL_MS })
  const account = useQuery({ queryKey: ['account'], queryFn: accountGet })
  const [editing, setEditing] = useState<Runner | 'new' | null>(null)
  const [deleting, setDeleting] = useState<{ runner: Runner; busy: boolean } | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: KEY })
  const staff = account.data?.isStaff === true
  const most = account.data?.limits.maxRunners ?? null
  const own = runners.data?.filter(runner => runner.mine).length ?? 0
  const mayAdd = account.data !== undefined && (most === null || own < most)
  const add = () => setEditing('new')

  const saved = async (runner: Runner, made: boolean) => {
    setEditing(null)
    toast(made ? texts.nameIsAdded(runner.name) : texts.nameIsChanged(runner.name))
    await refresh()
    // The next probe may be half a minute away: who has just saved wants to know now.
    await runnerTest(runner.id).catch(() => {})
    await refresh()
  }

  const remove = async (runner: Runner, force: boolean) => {
    try {
      await runnerDelete(runner.id, force)
    } catch (error) {
      // Confirmed in a dialog of its own.
      if (error instanceof ApiError && error.code === 'RUNNER_BUSY') {
        setDeleting({ runner, busy: true })
      }
      throw error
    }
    toast(texts.nameIsDeleted(runner.name))
    await refresh()
  }

  return (
    <AppShell active="runners" user={user}>
      <header className={css.header}>
        <div>
          <h1>{texts.runners}</h1>
          <p>{texts.comfyuiServersThatRunTheComfyui}</p>
        </div>
        {mayAdd && runners.data && runners.data.length > 0 && (
          <Button tone="primary" icon={<Plus aria-hidden size={15} />} onClick={add}>
            {texts.addRunner}
          </Button>
        )}
      </header>
      <Loaded query={runners} what={texts.theRunners}>
        {rows =>
          rows.length ? (
            <ul className={css.list} aria-label={texts.runners}>
              {rows.map(row => (
                <RunnerItem
                  key={row.id}
                  runner={row}
                  onEdit={() => setEditing(row)}
                  onDelete={() => setDeleting({ runner: row, busy: false })}
                  onChanged={refresh}
                />
              ))}
            </ul>
          ) : (
            <NoRunners onAdd={most === 0 ? null : add} />
          )
        }
      </Loaded>
      {editing && (
        <RunnerDialog
          runner={editing === 'new' ? null : editing}
          staff={staff}
          offers={tagsInUse(runners.data ?? [])}
          onClose={() => setEditing(null)}
          onSaved={runner => void saved(runner, editing === 'new')}
        />
      )}
      {deleting && (
        <Confirm
          key={String(deleting.busy)}
          title={texts.deleteNameQuestion(deleting.runner.name)}
          about={deleting.busy ? BUSY : GONE}
          verb={deleting.busy ? texts.deleteAnyway : texts.delete}
          onDo={() => remove(deleting.runner, deleting.busy)}
          onClose={() => setDeleting(null)}
        />
      )}
    </AppShell>
  )
}
