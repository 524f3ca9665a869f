/** The star of a file and its collections, wherever the file is shown. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Star, X } from 'lucide-react'
import type { ManyChange } from '../../api/assets'
import type { AssetSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../controls/Button'
import css from './FileControls.module.css'
import { changeMany, collectionsQuery } from './queries'
import { texts } from './texts'

export function FileControls({ asset }: { asset: AssetSummary }) {
  const client = useQueryClient()
  const { data: collections = [] } = useQuery(collectionsQuery)
  const within = collections.filter(row => asset.collections.includes(row.id))
  const others = collections.filter(row => !asset.collections.includes(row.id))
  const change = (what: ManyChange) =>
    void changeMany(client, [asset.id], what).catch(error =>
      toast(errorMessage(error), { tone: 'bad' }),
    )
  return (
    <div className={css.controls}>
      <Button
        aria-pressed={asset.starred}
        className={css.star}
        icon={<Star aria-hidden size={15} />}
        onClick={() => change({ starred: !asset.starred })}
      >
        {asset.starred ? texts.starredOnly : texts.starMany}
      </Button>
      {within.map(row => (
        <span key={row.id} className={css.collection}>
          {row.name}
          <button
            type="button"
            aria-label={texts.remove(row.name)}
            onClick={() => change({ removeFrom: row.id })}
          >
            <X aria-hidden size={13} />
          </button>
        </span>
      ))}
      {others.length > 0 && (
        <select
          aria-label={texts.addTo}
          value=""
          onChange={event => change({ addTo: event.target.value })}
        >
          <option value="">{texts.addTo}</option>
          {others.map(row => (
            <option key={row.id} value={row.id}>
              {row.name}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}
