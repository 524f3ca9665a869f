/** What narrows the list of files: types and stars as buttons, the rest as choices, collections. */
import { FolderPlus, MoreHorizontal, SlidersHorizontal, Star } from 'lucide-react'
import { useState } from 'react'
import type { AssetChoices, Collection } from '../../api/schema'
import { Button } from '../controls/Button'
import { Menu } from '../controls/Menu'
import { FilterSelect } from '../list-page/FilterSelect'
import { CollectionDialog, type CollectionTask } from './CollectionDialog'
import css from './FilterRow.module.css'
import { DAYS, type Filters, filterCount, KINDS, SOURCES } from './filters'
import { texts } from './texts'

interface Props {
  filters: Filters
  choices: AssetChoices | undefined
  collections: readonly Collection[]
  nodeName?: ((type: string) => string) | undefined
  small?: boolean | undefined
  onChange: (changes: Partial<Filters>) => void
}

export function FilterRow({ filters, choices, collections, small, onChange, ...rest }: Props) {
  const [shown, setShown] = useState(!small && filterCount(filters) > 0)
  const [task, setTask] = useState<CollectionTask | null>(null)
  const [menu, setMenu] = useState<{ of: Collection; x: number; y: number } | null>(null)
  const nodeName = rest.nodeName ?? (type => type)
  const workflows: Option[] = (choices?.workflows ?? []).map(({ slug, name, assets }) => [
    slug,
    texts.withCount(name, assets),
  ])
  const types: Option[] = (choices?.nodeTypes ?? []).map(({ type, assets }) => [
    type,
    texts.withCount(nodeName(type), assets),
  ])
  return (
    <div className={css.filters} data-small={small || undefined} data-shown={shown || undefined}>
      <div className={css.row}>
        <fieldset className={css.chips}>
          <legend className="sr-only">{texts.kind}</legend>
          {[null, ...KINDS].map(kind => (
            <button
              key={kind}
              type="button"
              aria-pressed={filters.kind === kind}
              onClick={() => onChange({ kind })}
            >
              {kind ? texts.kinds[kind] : texts.all}
            </button>
          ))}
          <button
            type="button"
            aria-pressed={filters.starred}
            onClick={() => onChange({ starred: !filters.starred })}
          >
            <Star aria-hidden size={14} />
            {texts.starredOnly}
          </button>
        </fieldset>
        <button
          type="button"
          className={css.more}
          aria-expanded={shown}
          onClick={() => setShown(!shown)}
        >
          <SlidersHorizontal aria-hidden size={15} />
          {texts.filters}
        </button>
        <div className={css.choices}>
          <FilterSelect
            label={texts.workflow}
            all={texts.anyWorkflow}
            value={filters.workflow}
            options={workflows}
            onChange={workflow => onChange({ workflow, node: null })}
          />
          <FilterSelect
            label={texts.nodeType}
            all={texts.anyNode}
            value={filters.nodeType}
            options={types}
            onChange={nodeType => onChange({ nodeType, node: null })}
          />
          <FilterSelect
            label={texts.source}
            all={texts.anySource}
            value={filters.source}
            options={SOURCES.map(source => [source, texts.sources[source]])}
            onChange={source => onChange({ source: SOURCES.find(it => it === source) ?? null })}
          />
          <FilterSelect
            label={texts.time}
            all={texts.anyTime}
            value={filters.days === null ? null : String(filters.days)}
            options={DAYS.map(days => [String(days), texts.lastDays(days)])}
            onChange={days => onChange({ days: days === null ? null : Number(days) })}
          />
        </div>
      </div>
      <fieldset className={css.chips}>
        <legend className="sr-only">{texts.collections}</legend>
        {collections.map(row => (
          <span key={row.id} className={css.collection}>
            <button
              type="button"
              aria-pressed={filters.collection === row.id}
              onClick={() =>
                onChange({ collection: filters.collection === row.id ? null : row.id })
              }
            >
              {row.name}
              <small>{row.assetCount}</small>
            </button>
            {filters.collection === row.id && (
              <button
                type="button"
                className={css.options}
                aria-label={texts.options(row.name)}
                aria-haspopup="menu"
                onClick={event => {
                  const { left, bottom } = event.currentTarget.getBoundingClientRect()
                  setMenu({ of: row, x: left, y: bottom + 4 })
                }}
              >
                <MoreHorizontal aria-hidden size={15} />
              </button>
            )}
          </span>
        ))}
        <Button
          tone="ghost"
          className={css.new}
          icon={<FolderPlus aria-hidden size={15} />}
          onClick={() => setTask({ kind: 'create' })}
        >
          {texts.newCollection}
        </Button>
      </fieldset>
      {menu && (
        <Menu
          at={menu}
          label={texts.options(menu.of.name)}
          items={[
            {
              id: 'rename',
              label: texts.rename,
              run: () => setTask({ kind: 'rename', collection: menu.of }),
            },
            {
              id: 'delete',
              label: texts.delete,
              danger: true,
              run: () => setTask({ kind: 'delete', collection: menu.of }),
            },
          ]}
          onClose={() => setMenu(null)}
        />
      )}
      {task && (
        <CollectionDialog
          task={task}
          onDone={made => {
            if (task.kind === 'create' && made) onChange({ collection: made.id })
            if (task.kind === 'delete') onChange({ collection: null })
          }}
          onClose={() => setTask(null)}
        />
      )}
    </div>
  )
}

type Option = [value: string, name: string]
