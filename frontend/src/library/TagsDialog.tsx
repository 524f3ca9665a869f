/** Editing the tags of a workflow. */
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { sentence } from '../api/client'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { TagsField } from '../ui/TagsField'
import { toast } from '../ui/toasts'
import css from './Dialogs.module.css'
import { useDesk } from './LibraryContext'
import { workflowChange } from './queries'
import { tagsOf } from './shown'
import { tagsIn } from './tags'
import type { WorkflowSummary } from './types'

export function TagsDialog({ row, onClose }: { row: WorkflowSummary; onClose: () => void }) {
  const { own } = useDesk()
  const client = useQueryClient()
  const [tags, setTags] = useState(row.tags)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onClose()
    workflowChange(client, row.slug, { tags }).catch((error: unknown) =>
      toast(sentence(error), { tone: 'bad' }),
    )
  }
  return (
    <Dialog title={`Tags of ${row.name}`} onClose={onClose}>
      <form className={css.form} onSubmit={submit}>
        <TagsField
          autoFocus
          value={tags}
          offers={tagsOf(own, null)}
          add={tagsIn}
          onChange={setTags}
        />
        <div className={css.buttons}>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit">
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
