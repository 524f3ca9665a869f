/** The line above a playground: home, theme, sharing, and the way into the editor. */
import { Check, Link2, Workflow } from 'lucide-react'
import { useState } from 'react'
import { Mark } from '../ui/Mark'
import { ThemeToggle } from '../ui/ThemeToggle'
import { copyText } from '../ui/copyText'
import css from './PlayHeader.module.css'

interface Props {
  slug: string
  user: string
  /** Where the editor of this workflow is, for those who may see it. */
  editor: string | null
  /** Whether everybody may see this page. */
  share: boolean
}

export function PlayHeader({ slug, user, editor, share }: Props) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    if (!(await copyText(`${location.origin}/play/${slug}`))) return
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <header className={css.header}>
      <a className={css.brand} href={user ? '/' : '/login'}>
        <Mark size={20} />
        <span>Patchbay</span>
      </a>
      <ThemeToggle />
      {share && (
        <button type="button" className={css.action} onClick={() => void copy()}>
          {copied ? <Check aria-hidden size={16} /> : <Link2 aria-hidden size={16} />}
          <span>{copied ? 'Link copied' : 'Copy link'}</span>
        </button>
      )}
      {editor && (
        <a className={css.action} href={editor}>
          <Workflow aria-hidden size={16} />
          <span>Open in editor</span>
        </a>
      )}
    </header>
  )
}
