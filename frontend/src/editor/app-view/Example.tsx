/** What callers see before their first run: an image of the account, shown as the workflow's cover. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { referenceOf } from '../../api/assets'
import type { AssetSummary } from '../../api/schema'
import { AssetBrowser } from '../../ui/asset-list/AssetBrowser'
import { ALL, type Filters } from '../../ui/asset-list/filters'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { MediaView } from '../../ui/media/MediaView'
import { useSession } from '../session'
import css from './AppView.module.css'
import { coverOf } from './cover'
import { texts } from './texts'

export function Example() {
  const session = useSession()
  const { store } = session
  const cover = useStore(store.state, state => coverOf(state.document))
  const [choosing, setChoosing] = useState(false)
  const set = (value: unknown) =>
    store.edit([{ op: 'meta.set', key: 'cover', value: value as never }], { label: texts.example })
  return (
    <section className={css.example} aria-label={texts.example}>
      <h3>{texts.example}</h3>
      <p>{texts.exampleAbout}</p>
      <div>
        {cover && (
          <span className={css.thumbnail}>
            <MediaView media={cover} width={160} cover />
          </span>
        )}
        {store.canEdit && (
          <Button onClick={() => setChoosing(true)}>
            {cover ? texts.chooseAnother : texts.chooseExample}
          </Button>
        )}
        {store.canEdit && cover && <Button onClick={() => set(null)}>{texts.remove}</Button>}
      </div>
      {choosing && (
        <Choosing
          slug={session.slug}
          onChoose={asset => {
            set({ image: referenceOf(asset) })
            setChoosing(false)
          }}
          onClose={() => setChoosing(false)}
        />
      )}
    </section>
  )
}

interface ChoosingProps {
  slug: string
  onChoose: (asset: AssetSummary) => void
  onClose: () => void
}

function Choosing({ slug, onChoose, onClose }: ChoosingProps) {
  const [filters, setFilters] = useState<Filters>({ ...ALL, kind: 'image', workflow: slug })
  return (
    <Dialog title={texts.chooseExample} wide onClose={onClose}>
      <div className={css.choosing}>
        <AssetBrowser
          small
          filters={filters}
          onFilters={changes => setFilters(before => ({ ...before, ...changes, kind: 'image' }))}
          onPick={onChoose}
        />
      </div>
    </Dialog>
  )
}
