/** The files of an account: search, filters, collections, the grid, and what is done with many. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { ImageOff } from 'lucide-react'
import {
  type DragEvent,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { referenceOf } from '../../api/assets'
import type { AssetSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../controls/Button'
import { SearchField } from '../controls/SearchField'
import { isTyping } from '../isTyping'
import { LoadError } from '../LoadError'
import { ListEmpty, ListHeader, ListWaiting } from '../list-page/ListPage'
import { lazily } from '../shell/lazily'
import { openViewer } from '../viewer/open'
import css from './AssetBrowser.module.css'
import { AssetGrid } from './AssetGrid'
import { FilterRow } from './FilterRow'
import { ALL, type Filters, filterCount } from './filters'
import { assetsQuery, changeMany, choicesQuery, collectionsQuery } from './queries'
import { SelectionBar } from './SelectionBar'
import { extended, NONE, type Selection, selectedAll, toggled } from './selection'
import { texts } from './texts'

const AssetDialog = lazily(async () => (await import('./AssetDialog')).AssetDialog)
const DeleteDialog = lazily(async () => (await import('./DeleteDialog')).DeleteDialog)

interface Props {
  filters: Filters
  onFilters: (changes: Partial<Filters>, replaces?: boolean) => void
  /** Names of node types, for the filter. */
  nodeName?: (type: string) => string
  /** A narrow panel instead of a page; `scroller` is what scrolls there. */
  small?: boolean
  scroller?: RefObject<HTMLElement | null>
  /** Files are dragged out of the list. */
  onDrag?: ((assets: readonly AssetSummary[], event: DragEvent) => void) | undefined
  /** Puts files to use where the list is open. */
  onUse?: ((assets: readonly AssetSummary[]) => void) | undefined
  /** A press on a file chooses it instead of showing its details. */
  onPick?: (asset: AssetSummary) => void
  title?: string
}

const SOON_MS = 250

export function AssetBrowser({ filters, onFilters, small, scroller, onDrag, ...rest }: Props) {
  const client = useQueryClient()
  const found = useInfiniteQuery(assetsQuery(filters))
  const choices = useQuery(choicesQuery)
  const collections = useQuery(collectionsQuery)
  const [selection, setSelection] = useState<Selection>(NONE)
  const [open, setOpen] = useState<string | null>(null)
  const [deleting, setDeleting] = useState<readonly string[] | null>(null)
  const assets = useMemo(() => found.data?.pages.flatMap(page => page.assets) ?? [], [found.data])
  const total = found.data?.pages[0]?.total ?? 0
  const order = useMemo(() => assets.map(asset => asset.id), [assets])
  const filtered = Boolean(filters.q) || filterCount(filters) > 0

  const refused = (error: unknown) => toast(errorMessage(error), { tone: 'bad' })
  const star = (some: readonly AssetSummary[]) => {
    const starred = !some.every(asset => asset.starred)
    void changeMany(
      client,
      some.map(asset => asset.id),
      { starred },
    ).catch(refused)
  }
  const { fetchNextPage } = found
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage])
  const drag = (asset: AssetSummary, event: DragEvent) => {
    const ids = selection.ids
    onDrag?.(ids.has(asset.id) ? assets.filter(({ id }) => ids.has(id)) : [asset], event)
  }
  const view = (id: string) =>
    openViewer({
      items: assets.map(asset => ({
        media: referenceOf(asset),
        title: texts.file(asset.name),
        run: asset.executionId,
        own: true,
      })),
      at: Math.max(0, order.indexOf(id)),
    })
  const keys = (event: KeyboardEvent, at: AssetSummary | undefined) => {
    if (event.key === 'Escape' && selection.ids.size) {
      event.stopPropagation()
      setSelection(NONE)
    } else if (event.key === ' ' && at) {
      event.preventDefault()
      setSelection(before =>
        event.shiftKey ? extended(before, at.id, order) : toggled(before, at.id),
      )
    } else if (event.key === 'Delete' && (selection.ids.size || at)) {
      setDeleting(selection.ids.size ? [...selection.ids] : at ? [at.id] : null)
    } else if (event.key === 's' && at && !event.ctrlKey && !event.metaKey) star([at])
  }
  useSelectAll(small ? scroller : undefined, () => order.length && setSelection(selectedAll(order)))

  return (
    <div className={css.browser} data-small={small || undefined}>
      <ListHeader className={css.header}>
        {rest.title && <h1>{rest.title}</h1>}
        <Search value={filters.q} onChange={q => onFilters({ q }, true)} />
      </ListHeader>
      <FilterRow
        filters={filters}
        choices={choices.data}
        collections={collections.data ?? []}
        nodeName={rest.nodeName}
        small={small}
        onChange={changes => {
          setSelection(NONE)
          onFilters(changes)
        }}
      />
      <div className={css.line}>
        <span role="status">{found.data && texts.count(total)}</span>
        {filtered && (
          <button type="button" className={css.link} onClick={() => onFilters(ALL)}>
            {texts.clear}
          </button>
        )}
      </div>
      {found.isPending && <ListWaiting label={texts.loading} />}
      {found.isError && !found.data && (
        <LoadError
          what={texts.yourFiles}
          message={errorMessage(found.error)}
          busy={found.isFetching}
          onRetry={() => void found.refetch()}
        />
      )}
      {found.data && !assets.length && (
        <Nothing filters={filters} filtered={filtered} onClear={() => onFilters(ALL)} />
      )}
      {assets.length > 0 && (
        <AssetGrid
          assets={assets}
          selection={selection}
          hasMore={found.hasNextPage && !found.isFetchingNextPage}
          onMore={more}
          small={small}
          scroller={scroller}
          onOpen={rest.onPick ?? (asset => setOpen(asset.id))}
          onStar={asset => star([asset])}
          onSelect={(asset, event) =>
            setSelection(before =>
              event.shiftKey ? extended(before, asset.id, order) : toggled(before, asset.id),
            )
          }
          onDragStart={onDrag && drag}
          onKey={keys}
        />
      )}
      {selection.ids.size > 0 && (
        <SelectionBar
          selection={selection}
          assets={assets}
          total={total}
          filters={filters}
          collections={collections.data ?? []}
          small={small}
          onSelect={setSelection}
          onUse={rest.onUse}
          onDelete={() => setDeleting([...selection.ids])}
        />
      )}
      {open !== null && (
        <AssetDialog
          id={open}
          order={order}
          nodeName={rest.nodeName}
          onOpen={setOpen}
          onView={view}
          onUse={rest.onUse}
          onDelete={() => setDeleting([open])}
          onClose={() => setOpen(null)}
        />
      )}
      {deleting && (
        <DeleteDialog
          ids={deleting}
          onDeleted={() => {
            setSelection(NONE)
            setOpen(null)
          }}
          onClose={() => setDeleting(null)}
        />
      )}
    </div>
  )
}

/** What is typed is searched a moment later. */
function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the wait
  useEffect(() => {
    if (typed === value) return
    const soon = setTimeout(() => onChange(typed), SOON_MS)
    return () => clearTimeout(soon)
  }, [typed])
  return <SearchField value={typed} label={texts.search} onChange={setTyped} />
}

/** Ctrl+A anywhere on the page, or in the panel, selects what is listed. */
function useSelectAll(within: RefObject<HTMLElement | null> | undefined, select: () => void) {
  useEffect(() => {
    const hear = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'a' || !(event.ctrlKey || event.metaKey) || isTyping(event.target)) return
      if (document.querySelector('dialog[open]')) return
      if (within && !within.current?.contains(event.target as Node)) return
      event.preventDefault()
      event.stopPropagation()
      select()
    }
    window.addEventListener('keydown', hear, true)
    return () => window.removeEventListener('keydown', hear, true)
  })
}

interface NothingProps {
  filters: Filters
  filtered: boolean
  onClear: () => void
}

function Nothing({ filters, filtered, onClear }: NothingProps) {
  const ofCollection = filters.collection && !filters.q && filterCount(filters) === 1
  return (
    <ListEmpty>
      <ImageOff aria-hidden size={26} />
      {!filtered ? (
        <>
          <strong>{texts.nothing}</strong>
          <p>{texts.nothingAbout}</p>
        </>
      ) : (
        <>
          <p>{ofCollection ? texts.emptyCollection : texts.noMatch}</p>
          <Button onClick={onClear}>{texts.clear}</Button>
        </>
      )}
    </ListEmpty>
  )
}
