/** What can be done with the selected files; at the foot of the page or panel. */
import { useQueryClient } from '@tanstack/react-query'
import { Download, FolderMinus, FolderPlus, Plus, Star, StarOff, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { type ManyChange, MOST_QUERY_IDS } from '../../api/assets'
import type { AssetSummary, Collection } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../controls/Button'
import { Menu, type MenuItem } from '../controls/Menu'
import { CollectionDialog } from './CollectionDialog'
import { type Filters, requestQuery } from './filters'
import { changeMany, idsOf } from './queries'
import css from './SelectionBar.module.css'
import { NONE, type Selection, selectedAll } from './selection'
import { texts } from './texts'

interface Props {
  selection: Selection
  /** What is listed so far, and how many files the filters let through. */
  assets: readonly AssetSummary[]
  total: number
  filters: Filters
  collections: readonly Collection[]
  small?: boolean | undefined
  onSelect: (selection: Selection) => void
  onUse?: ((assets: readonly AssetSummary[]) => void) | undefined
  onDelete: () => void
}

export function SelectionBar({ selection, assets, total, filters, collections, ...rest }: Props) {
  const client = useQueryClient()
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null)
  const [creating, setCreating] = useState(false)
  const [busy, setBusy] = useState(false)
  const { onSelect, small } = rest
  const ids = [...selection.ids]
  const chosen = assets.filter(asset => selection.ids.has(asset.id))
  const allStarred = chosen.length > 0 && chosen.every(asset => asset.starred)

  const attempt = async (work: () => Promise<unknown>, done?: string) => {
    setBusy(true)
    try {
      await work()
      if (done) toast(done)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    } finally {
      setBusy(false)
    }
  }
  const change = (what: ManyChange, done?: string) =>
    void attempt(() => changeMany(client, ids, what), done)
  const add = ({ id, name }: Collection) => change({ addTo: id }, texts.added(ids.length, name))
  const takeOut = () => {
    if (!filters.collection) return
    change({ removeFrom: filters.collection }, texts.removed(ids.length))
    onSelect(NONE)
  }
  const items: MenuItem[] = [
    ...collections.map(row => ({ id: row.id, label: row.name, run: () => add(row) })),
    {
      id: 'new',
      label: texts.newCollection,
      icon: <FolderPlus aria-hidden size={15} />,
      separated: collections.length > 0,
      run: () => setCreating(true),
    },
  ]
  const selectAll = () => void attempt(async () => onSelect(selectedAll(await idsOf(filters))))

  return (
    <div
      className={css.bar}
      role="toolbar"
      aria-label={texts.selected(ids.length)}
      data-small={small}
    >
      <strong aria-live="polite">{texts.selected(ids.length)}</strong>
      {ids.length < total && (
        <button type="button" className={css.link} disabled={busy} onClick={selectAll}>
          {busy ? texts.selecting : texts.selectAll(total)}
        </button>
      )}
      <span className={css.space} />
      {rest.onUse && (
        <Button
          label={texts.addToCanvas}
          icon={<Plus aria-hidden size={16} />}
          onClick={() => rest.onUse?.(chosen)}
        />
      )}
      <Button
        label={allStarred ? texts.unstarMany : texts.starMany}
        icon={allStarred ? <StarOff aria-hidden size={16} /> : <Star aria-hidden size={16} />}
        disabled={busy}
        onClick={() => change({ starred: !allStarred })}
      />
      <Button
        label={texts.addTo}
        icon={<FolderPlus aria-hidden size={16} />}
        aria-haspopup="menu"
        disabled={busy}
        onClick={event => {
          const { left, top } = event.currentTarget.getBoundingClientRect()
          setMenu({ x: left, y: top - 44 - 30 * items.length })
        }}
      />
      {filters.collection && (
        <Button
          label={texts.takeOut}
          icon={<FolderMinus aria-hidden size={16} />}
          disabled={busy}
          onClick={takeOut}
        />
      )}
      <Button
        label={texts.download}
        icon={<Download aria-hidden size={16} />}
        onClick={() => download(ids, ids.length >= total ? filters : null)}
      />
      <Button
        tone="danger"
        label={texts.delete}
        icon={<Trash2 aria-hidden size={16} />}
        disabled={busy}
        onClick={rest.onDelete}
      />
      <Button
        tone="ghost"
        label={texts.clearSelection}
        icon={<X aria-hidden size={16} />}
        onClick={() => onSelect(NONE)}
      />
      {menu && <Menu at={menu} label={texts.addTo} items={items} onClose={() => setMenu(null)} />}
      {creating && (
        <CollectionDialog
          task={{ kind: 'create' }}
          onDone={made => made && add(made)}
          onClose={() => setCreating(false)}
        />
      )}
    </div>
  )
}

/** Have the browser download one file as it is, several as archives, all that `filters` let through. */
function download(ids: readonly string[], filters: Filters | null): void {
  const [only] = ids
  const all = filters && ids.length > MOST_QUERY_IDS
  if (only && ids.length === 1) follow(`/media/${only}`)
  else if (all) follow(`/api/assets/download?${requestQuery(filters)}`)
  else archives(ids)
}

function archives(ids: readonly string[]): void {
  for (let at = 0; at < ids.length; at += MOST_QUERY_IDS) {
    const some = ids.slice(at, at + MOST_QUERY_IDS)
    const query = new URLSearchParams(some.map(id => ['id', id]))
    // One after the other: a browser drops the first of two that begin together.
    setTimeout(() => follow(`/api/assets/download?${query}`), at * 5)
  }
}

function follow(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.click()
}
