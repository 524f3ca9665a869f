/** The files of the account beside the canvas: dragged onto it or onto a card, or added by a button. */
import { ExternalLink, X } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react'
import { referenceOf } from '../../api/assets'
import type { AssetSummary } from '../../api/schema'
import { AssetBrowser } from '../../ui/asset-list/AssetBrowser'
import { ALL, type Filters } from '../../ui/asset-list/filters'
import { Button } from '../../ui/controls/Button'
import { pointer } from '../canvas/pointer'
import { DRAGGED, takeMedia } from '../edits/drop'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './AssetsPanel.module.css'

export function AssetsPanel() {
  const session = useSession()
  const [filters, setFilters] = useState<Filters>(ALL)
  const box = useRef<HTMLElement>(null)
  const drag = (assets: readonly AssetSummary[], { dataTransfer }: DragEvent) => {
    dataTransfer.effectAllowed = 'copy'
    dataTransfer.setData(DRAGGED, JSON.stringify(assets.map(referenceOf)))
  }
  const keys = (event: KeyboardEvent) => {
    // The canvas has other things to do with Delete, arrows and character keys.
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation()
    if (event.key === 'Escape') session.view.setState({ assets: false })
  }
  return (
    <section ref={box} className={css.panel} aria-label={texts.assets} onKeyDown={keys}>
      <header>
        <h2>{texts.assets}</h2>
        <a href="/assets" title={texts.openAssetsPage} aria-label={texts.openAssetsPage}>
          <ExternalLink aria-hidden size={15} />
        </a>
        <Button
          tone="ghost"
          label={texts.close}
          icon={<X size={16} />}
          onClick={() => session.view.setState({ assets: false })}
        />
      </header>
      <AssetBrowser
        small
        scroller={box}
        filters={filters}
        onFilters={changes => setFilters(before => ({ ...before, ...changes }))}
        nodeName={type => session.catalog.get(type)?.name ?? type}
        onDrag={session.store.canEdit ? drag : undefined}
        onUse={
          session.store.canEdit
            ? assets => takeMedia(session, assets.map(referenceOf), pointer.canvasPoint(session))
            : undefined
        }
      />
    </section>
  )
}
