/** What can be done with the selected cards together. */
import { useQueryClient } from '@tanstack/react-query'
import { Archive, FolderInput, X } from 'lucide-react'
import { useEffect } from 'react'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { workflowChange } from '../../ui/workflows/queries'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import css from './SelectionBar.module.css'

const NONE: ReadonlySet<string> = new Set()

export function SelectionBar() {
  const { own, selected, select, openDialog, dialog } = useLibrary()
  const client = useQueryClient()
  const some = selected.size > 0

  useEffect(() => {
    if (!some) return
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !dialog) select(NONE)
    }
    window.addEventListener('keydown', close)
    return () => window.removeEventListener('keydown', close)
  }, [some, dialog, select])

  if (!some) return null
  const rows = own.filter(row => selected.has(row.slug))
  const archive = async () => {
    select(NONE)
    try {
      for (const row of rows) await workflowChange(client, row.slug, { archived: true })
      toast(texts.archivedWorkflows(rows.length))
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
  }
  return (
    <section className={css.bar} aria-label={texts.selectedWorkflows}>
      <b>{texts.selectedCount(rows.length)}</b>
      <Button
        icon={<FolderInput aria-hidden size={16} />}
        onClick={() => openDialog({ kind: 'move', rows })}
      >
        {texts.moveTo}
      </Button>
      {rows.some(row => !row.archived) && (
        <Button icon={<Archive aria-hidden size={16} />} onClick={() => void archive()}>
          {texts.archive}
        </Button>
      )}
      <Button
        tone="ghost"
        label={texts.deselectAll}
        icon={<X aria-hidden size={16} />}
        onClick={() => select(NONE)}
      />
    </section>
  )
}
