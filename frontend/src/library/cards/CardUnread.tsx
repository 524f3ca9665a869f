/** How many comments of a workflow are unread, and whether one mentions the user; leads to them. */
import { useQuery } from '@tanstack/react-query'
import { AtSign, MessageCircle } from 'lucide-react'
import { unreadGet } from '../../api/comments'
import { editorUrl } from '../../ui/workflows/queries'
import { texts } from '../texts'
import css from './WorkflowCard.module.css'

export function CardUnread({ slug }: { slug: string }) {
  // One request for all cards. Without it the library is as it was: nothing is said about it.
  const { data } = useQuery({
    queryKey: ['unread comments'],
    queryFn: ({ signal }) => unreadGet(signal),
    staleTime: 5_000,
    refetchOnWindowFocus: true,
  })
  const found = data?.find(row => row.slug === slug)
  if (!found) return null
  const name = texts.unreadComments(found.comments, found.mentions)
  const Icon = found.mentions ? AtSign : MessageCircle
  return (
    <a
      className={css.unread}
      href={`${editorUrl(slug)}?comments`}
      title={name}
      aria-label={name}
      data-mentions={found.mentions > 0 || undefined}
    >
      <Icon aria-hidden size={13} />
      {found.comments}
    </a>
  )
}
