/** Editing the tags of a workflow. */

import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { WorkflowSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { TagsField } from '../../ui/controls/TagsField'
import { tagsOf } from '../../ui/workflows/list'
import { workflowChange } from '../../ui/workflows/queries'
import { tagsIn } from '../filter/tags'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import css from './Dialogs.module.css'

export function TagsDialog({ row, onClose }: { row: WorkflowSummary; onClose: () => void }) {
  const { own } = useLibrary()
  const client = useQueryClient()
  const [tags, setTags] = useState(row.tags)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onClose()
    workflowChange(client, row.slug, { tags }).catch((error: unknown) =>
      toast(errorMessage(error), { tone: 'bad' }),
    )
  }
  return (
    <Dialog title={texts.tagsOfName(row.name)} onClose={onClose}>
      <form className={css.form} onSubmit={submit}>
        <TagsField
          autoFocus
          value={tags}
          offers={tagsOf(own, null)}
          add={tagsIn}
          onChange={setTags}
        />
        <div className={css.buttons}>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button tone="primary" type="submit">
            {texts.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
