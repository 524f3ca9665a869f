/** Editing the tags of a workflow: typed, taken from those in use, and taken away. */
import { useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { sentence } from '../api/client'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
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
  const [typed, setTyped] = useState('')
  const all = tagsIn(typed, tags)
  const others = tagsOf(own, null).filter(tag => !tags.includes(tag))
  const take = () => {
    setTags(all)
    setTyped('')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onClose()
    workflowChange(client, row.slug, { tags: all }).catch((error: unknown) =>
      toast(sentence(error), { tone: 'bad' }),
    )
  }
  return (
    <Dialog title={`Tags of ${row.name}`} onClose={onClose}>
      <form className={css.form} onSubmit={submit}>
        <div className={css.tags}>
          {tags.map(tag => (
            <span key={tag} className={css.tag}>
              {tag}
              <button
                type="button"
                aria-label={`Remove the tag ${tag}`}
                onClick={() => setTags(tags.filter(other => other !== tag))}
              >
                <X aria-hidden size={13} />
              </button>
            </span>
          ))}
          <input
            data-autofocus
            value={typed}
            aria-label="Add a tag"
            placeholder={tags.length ? 'Add another' : 'Type a tag, then Enter'}
            onChange={event => setTyped(event.target.value)}
            onKeyDown={event => {
              if ((event.key === 'Enter' || event.key === ',') && typed.trim()) {
                event.preventDefault()
                take()
              }
              if (event.key === 'Backspace' && !typed) setTags(tags.slice(0, -1))
            }}
          />
        </div>
        {others.length > 0 && (
          <p className={css.hint}>
            In use:{' '}
            {others.map(tag => (
              <button
                key={tag}
                type="button"
                className={css.offer}
                onClick={() => setTags([...tags, tag])}
              >
                {tag}
              </button>
            ))}
          </p>
        )}
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
