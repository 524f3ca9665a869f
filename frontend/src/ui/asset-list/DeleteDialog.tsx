/** Asks before files are deleted, and shows what still uses them. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { MOST_IDS } from '../../api/assets'
import type { AssetUse, WorkflowUse } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { list } from '../../lib/locale'
import { toast } from '../../lib/toasts'
import { Button } from '../controls/Button'
import { Dialog } from '../controls/Dialog'
import { Problem } from '../forms/Problem'
import { editorUrl } from '../workflows/queries'
import css from './DeleteDialog.module.css'
import { deleteMany, useQueryOf } from './queries'
import { texts } from './texts'

interface Props {
  ids: readonly string[]
  onDeleted: () => void
  onClose: () => void
}

export function DeleteDialog({ ids, onDeleted, onClose }: Props) {
  const client = useQueryClient()
  const use = useQuery(useQueryOf(ids))
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const used = use.data && (use.data.workflowCount > 0 || use.data.executions > 0)
  const go = async () => {
    setBusy(true)
    try {
      await deleteMany(client, ids)
      toast(texts.deleted(ids.length))
      onDeleted()
      onClose()
    } catch (error) {
      setProblem(errorMessage(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title={texts.deleteFiles(ids.length)} onClose={onClose}>
      <div className={css.about} aria-live="polite">
        {use.isPending && <p>{texts.looking}</p>}
        {use.isError && <p>{errorMessage(use.error)}</p>}
        {use.data && !used && <p>{texts.unused}</p>}
        {use.data && used && <Using use={use.data} />}
        {ids.length > MOST_IDS && <p>{texts.firstThousand}</p>}
        <p>{used ? texts.whatBreaks : texts.cannotBeUndone}</p>
      </div>
      <Problem text={problem} />
      <div className={css.buttons}>
        <Button onClick={onClose} data-autofocus>
          {texts.cancel}
        </Button>
        <Button tone="danger" disabled={busy || use.isPending} onClick={() => void go()}>
          {used ? texts.deleteAnyway : texts.delete}
        </Button>
      </div>
    </Dialog>
  )
}

function Using({ use }: { use: AssetUse }) {
  const more = use.workflowCount - use.workflows.length
  return (
    <>
      <p>{texts.usedBy}</p>
      <ul className={css.uses}>
        {use.workflows.map(row => (
          <li key={row.slug}>
            <a href={editorUrl(row.slug)} target="_blank" rel="noreferrer">
              {row.name}
            </a>
            <small>{list(ways(row))}</small>
          </li>
        ))}
        {more > 0 && <li>{texts.moreWorkflows(more)}</li>}
        {use.executions > 0 && <li>{texts.runsUse(use.executions)}</li>}
      </ul>
    </>
  )
}

/** How a workflow uses the files, in words. */
function ways(row: WorkflowUse): string[] {
  return [
    row.nodes.length ? texts.usedIn(list(row.nodes)) : '',
    row.pinned.length ? texts.pinnedIn(list(row.pinned)) : '',
    row.isCover ? texts.asCover : '',
    row.isTemplate ? texts.template : '',
  ].filter(Boolean)
}
