/** The tags on a card; one click shows everything that has the tag. */
import { useDesk } from '../LibraryContext'
import css from './CardTags.module.css'

const SHOWN = 4

export function CardTags({ tags }: { tags: readonly string[] }) {
  const { show } = useDesk()
  if (!tags.length) return null
  return (
    <p className={css.tags}>
      {tags.slice(0, SHOWN).map(tag => (
        <button
          key={tag}
          type="button"
          className={css.tag}
          title={`Show everything tagged ${tag}`}
          onClick={() => show({ tag })}
        >
          {tag}
        </button>
      ))}
      {tags.length > SHOWN && (
        <span className={css.more} title={tags.slice(SHOWN).join(', ')}>
          +{tags.length - SHOWN}
        </span>
      )}
    </p>
  )
}
