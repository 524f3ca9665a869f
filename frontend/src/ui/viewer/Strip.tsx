/** All results that the viewer was opened with, small, in one row; the shown one stays in sight. */
import { FileText, Music } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { mediaUrl } from '../../api/media'
import { kindOf } from './kind'
import type { ViewerItem } from './open'
import css from './Strip.module.css'
import { texts } from './texts'

interface Props {
  items: readonly ViewerItem[]
  at: number
  onShow: (at: number) => void
}

export function Strip({ items, at, onShow }: Props) {
  const box = useRef<HTMLOListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each other one
  useEffect(() => {
    box.current
      ?.querySelector('[aria-current="true"]')
      ?.scrollIntoView?.({ block: 'nearest', inline: 'center' })
  }, [at])
  return (
    <ol ref={box} className={css.strip} aria-label={texts.results}>
      {items.map((item, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same file may come twice
        <li key={place}>
          <button
            type="button"
            aria-current={place === at}
            aria-label={texts.show(place + 1, item.title)}
            onClick={() => onShow(place)}
          >
            <Small item={item} />
          </button>
        </li>
      ))}
    </ol>
  )
}

function Small({ item }: { item: ViewerItem }) {
  const kind = kindOf(item)
  if (item.media && (kind === 'image' || kind === 'video')) {
    return <img src={mediaUrl(item.media, 160)} alt="" loading="lazy" draggable={false} />
  }
  return kind === 'audio' ? <Music size={18} aria-hidden /> : <FileText size={18} aria-hidden />
}
