/** How a key was used: this month's calls and money, its caps, and the workflows it is in. */
import type { Credential } from '../api/schema'
import { ago } from '../lib/time'
import { capWords, shareSpent, spentWords } from '../ui/credentials/caps'
import { rich } from '../ui/text/rich'
import { useNow } from '../ui/useNow'
import css from './ModelsPage.module.css'
import { texts } from './texts'

export function KeyUse({ credential, onCap }: { credential: Credential; onCap: () => void }) {
  const { name, lastUsedAt, workflows } = credential
  const now = useNow()
  const share = shareSpent(credential)
  const links = Object.fromEntries(
    workflows.map(({ slug, name }, i) => [
      `w${i}`,
      () => <a href={`/app/editor/${encodeURIComponent(slug)}`}>{name}</a>,
    ]),
  )
  const shown = workflows.slice(0, SHOWN).map((_, i) => `<w${i}>${i}</w${i}>`)
  return (
    <div className={css.use}>
      <p>
        {spentWords(credential)} ·{' '}
        <button
          type="button"
          className={css.cap}
          aria-label={texts.capsOf(name, capWords(credential))}
          onClick={onCap}
        >
          {capWords(credential)}
        </button>
      </p>
      {share !== null && (
        <progress
          max={1}
          value={share}
          data-full={share >= 1 || undefined}
          aria-label={texts.spentOf(name)}
        />
      )}
      <p>{lastUsedAt ? texts.lastUsed(ago(lastUsedAt, now)) : texts.neverUsed}</p>
      {shown.length > 0 && (
        <p>{rich(texts.usedIn(shown, workflows.length - shown.length), links)}</p>
      )}
    </div>
  )
}

/** Workflows named on a tile; the settings have all. */
const SHOWN = 3
