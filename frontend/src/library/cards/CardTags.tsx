/** The tags on a card; one click shows everything that has the tag. */

import { list } from '../../lib/locale'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import css from './CardTags.module.css'

const SHOWN = 4

export function CardTags({ tags }: { tags: readonly string[] }) {
  const { show } = useLibrary()
  if (!tags.length) return null
  return (
    <p className={css.tags}>
      {tags.slice(0, SHOWN).map(tag => (
        <button
          key={tag}
          type="button"
          className={css.tag}
          title={texts.showEverythingTaggedTag(tag)}
          onClick={() => show({ tag })}
        >
          {tag}
        </button>
      ))}
      {tags.length > SHOWN && (
        <span className={css.more} title={list(tags.slice(SHOWN))}>
          +{tags.length - SHOWN}
        </span>
      )}
    </p>
  )
}
