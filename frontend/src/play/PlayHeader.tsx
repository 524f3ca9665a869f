/** The line above a playground: home, theme, sharing, and the way into the editor. */
import { Link2, Workflow } from 'lucide-react'
import { Mark } from '../ui/shell/Mark'
import { ThemeToggle } from '../ui/shell/ThemeToggle'
import { CopyButton } from '../ui/text/CopyButton'
import css from './PlayHeader.module.css'
import { texts } from './texts'

interface Props {
  slug: string
  user: string
  /** Where the editor of this workflow is, for those who may see it. */
  editor: string | null
  /** The number of the version that is run, null: the draft; undefined where it is not said. */
  version: number | null | undefined
  /** Whether everybody may see this page. */
  share: boolean
}

export function PlayHeader({ slug, user, editor, version, share }: Props) {
  return (
    <header className={css.header}>
      <a className={css.brand} href={user ? '/' : '/login'} aria-label="Patchbay">
        <Mark size={20} />
        <span>Patchbay</span>
      </a>
      {version !== undefined && (
        <span
          className={css.badge}
          title={version === null ? texts.draftRuns : texts.versionRuns(version)}
        >
          {version === null ? texts.draft : texts.version(version)}
        </span>
      )}
      <ThemeToggle />
      {share && (
        <CopyButton className={css.action} icon={Link2} text={`${location.origin}/play/${slug}`}>
          {texts.copyLink}
        </CopyButton>
      )}
      {editor && (
        <a className={css.action} href={editor}>
          <Workflow aria-hidden size={16} />
          <span>{texts.openInEditor}</span>
        </a>
      )}
    </header>
  )
}
