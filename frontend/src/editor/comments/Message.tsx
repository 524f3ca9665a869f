/** One comment of a thread; its author changes and deletes it in place. */
import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Comment, CommentMember } from '../../api/schema'
import { ago } from '../../lib/time'
import { Button } from '../../ui/controls/Button'
import { Confirm } from '../../ui/forms/Confirm'
import { initials } from '../../ui/shell/initials'
import { useNow } from '../../ui/useNow'
import { useSession } from '../session'
import css from './Comments.module.css'
import { CommentText } from './CommentText'
import { Composer } from './Composer'
import { inkOf, nameOf } from './names'
import { canComment } from './show'
import { edit, remove } from './store'
import { texts } from './texts'

interface Props {
  thread: string
  comment: Comment
  members: readonly CommentMember[]
}

export function Message({ thread, comment, members }: Props) {
  const session = useSession()
  const now = useNow()
  const [editing, setEditing] = useState(false)
  const [confirms, setConfirms] = useState(false)
  const { author, number } = comment
  const name = nameOf(author, members)
  const own = author?.you === true
  const mayDelete = canComment(session) && (own || session.role === 'owner')
  return (
    <article className={css.message} aria-label={name}>
      <span className={css.avatar} style={{ '--ink': inkOf(author) } as object} aria-hidden>
        {initials(author?.name ?? texts.formerMember)}
      </span>
      <div>
        <p className={css.head}>
          <b>{name}</b>
          <time dateTime={comment.createdAt}>{ago(comment.createdAt, now)}</time>
          {comment.editedAt && <small>{texts.edited}</small>}
          <span className={css.own}>
            {own && canComment(session) && (
              <Button
                tone="ghost"
                label={texts.editOf(name)}
                icon={<Pencil aria-hidden size={13} />}
                onClick={() => setEditing(true)}
              />
            )}
            {mayDelete && (
              <Button
                tone="ghost"
                label={texts.deleteOf(name)}
                icon={<Trash2 aria-hidden size={13} />}
                onClick={() => setConfirms(true)}
              />
            )}
          </span>
        </p>
        {editing ? (
          <Composer
            label={texts.editedText}
            members={members}
            text={comment.text}
            action={texts.save}
            focus
            onSend={async text => {
              await edit(session, thread, number, text)
              setEditing(false)
            }}
            onCancel={() => setEditing(false)}
          />
        ) : (
          <CommentText comment={comment} />
        )}
      </div>
      {confirms && (
        <Confirm
          title={texts.deleteAsk}
          about={texts.deleteMore}
          verb={texts.delete}
          onDo={() => remove(session, thread, number)}
          onClose={() => setConfirms(false)}
        />
      )}
    </article>
  )
}
