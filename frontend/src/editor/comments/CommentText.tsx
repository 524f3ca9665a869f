/** The text of a comment: plain, with links and mentions. */
import type { Comment } from '../../api/schema'
import css from './Comments.module.css'
import { partsOf } from './mentions'

export function CommentText({ comment }: { comment: Comment }) {
  return (
    <p className={css.text}>
      {partsOf(comment.text, comment.mentions).map(({ kind, text }, i) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other order
        if (kind === 'link') return <Link key={i} text={text} />
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        return kind === 'mention' ? <b key={i}>{text}</b> : text
      })}
    </p>
  )
}

function Link({ text }: { text: string }) {
  return (
    <a href={text} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  )
}
