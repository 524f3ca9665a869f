/** The picker of models: search, what can be used now and what the others lack, details beside it. */

import { useQueryClient } from '@tanstack/react-query'
import { Search, Star, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { localModelFetch, modelList } from '../../api/models'
import type { TaskModel } from '../../api/schema'
import { fieldValue } from '../../document/check'
import { errorMessage } from '../../lib/errors'
import { fileSize } from '../../lib/format'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { arrange, type Filter, filtersFor, freeIds } from '../../ui/providers/arrange'
import { keptModels, noteUse, toggleFavorite } from '../../ui/providers/kept'
import { localOf, percentOf } from '../../ui/providers/local'
import { useLocalModels, useModels, useProviders } from '../../ui/providers/queries'
import { lazily } from '../../ui/shell/lazily'
import { useAway } from '../../ui/useAway'
import { holdFocus } from '../canvas/focus'
import { chooseModel } from '../edits/chooseModel'
import { useSession } from '../session'
import type { PickerRequest } from '../view'
import { About } from './About'
import css from './ModelPicker.module.css'
import { Option, optionId } from './Option'
import { texts } from './texts'
import { usePlace } from './usePlace'

const Connect = lazily(async () => (await import('../../ui/providers/Connect')).default)

/** A row: a model of a list, or an id as it was typed. */
type Row = { id: string; model: TaskModel | null }

export default function ModelPicker({ request }: { request: PickerRequest }) {
  const session = useSession()
  const { view, store, catalog } = session
  const client = useQueryClient()
  const node = store.node(request.node)
  const input = node && catalog.inputsOf(node).find(port => port.name === request.field)
  const task = input?.task ?? ''
  const value = node && input ? String(fieldValue(node, input) ?? '') : ''
  const list = useModels(task)
  const providers = useProviders()
  const { favorites, recent } = useStore(keptModels)
  const [query, setQuery] = useState('')
  const [filter, setFilter] = useState<Filter>('all')
  const [at, setAt] = useState(value)
  /** Whether the arrows have moved since something was typed: then F is no character. */
  const [moved, setMoved] = useState(false)
  const [connecting, setConnecting] = useState<string | null>(null)
  const [loading, setLoading] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const sheet = usePlace(box, request)

  const models = list.data?.models ?? NONE
  const local = useLocalModels(models.some(model => model.provider === 'local'))
  const sections = useMemo(
    () => arrange(models, { query, filter, value, favorites, recent: recent[task] ?? [] }),
    [models, query, filter, value, favorites, recent, task],
  )
  // Offered where no list has it, or where a whole id was typed.
  const unlisted = !sections.length || query.includes('/')
  const free: Row[] = (
    list.data?.freeText && unlisted ? freeIds(query, task, providers.data ?? []) : []
  )
    .filter(id => !models.some(model => model.id === id))
    .map(id => ({ id, model: null }))
  const rows: Row[] = [
    ...sections.flatMap(({ models }) => models.map(model => ({ id: model.id, model }))),
    ...free,
  ]
  const chosen = rows.find(row => row.id === at) ?? rows[0]
  const filters = filtersFor(models, favorites)
  const close = () => view.setState({ picker: null })

  // Read before the search box takes the focus.
  const [giveBack] = useState(holdFocus)
  useEffect(() => giveBack, [giveBack])
  useAway(box, target => {
    if (!target.closest('dialog')) close()
  })
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  })

  const choose = (id: string) => {
    close()
    noteUse(task, id)
    void chooseModel(session, client, { ...request, task }, id)
  }
  const fetchWeights = async (id: string) => {
    try {
      await localModelFetch(id)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
    await client.invalidateQueries({ queryKey: ['local models'] })
  }
  /** What a row is for: use it, or what it lacks first. */
  const act = (row: Row | undefined) => {
    if (!row) return
    setAt(row.id)
    const known = localOf(local.data, row.id)
    if (row.model?.state === 'needsKey') setConnecting(row.model.provider)
    else if (row.model?.state === 'needsWeights' && known?.state !== 'fetching') {
      void fetchWeights(row.id)
    } else choose(row.id)
  }
  const again = async () => {
    setLoading(true)
    try {
      client.setQueryData(['models', task], await modelList(task, true))
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    } finally {
      setLoading(false)
    }
  }
  const move = (step: number) => {
    const place = rows.findIndex(row => row.id === chosen?.id)
    const next = rows[Math.max(0, Math.min(rows.length - 1, place + step))]
    if (next) setAt(next.id)
    setMoved(true)
  }
  const typing = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (step) {
      event.preventDefault()
      move(step)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      act(chosen)
    } else if (event.key.toLowerCase() === 'f' && moved && chosen && !withKey(event)) {
      event.preventDefault()
      toggleFavorite(chosen.id)
    }
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault()
      close()
    }
    event.stopPropagation()
  }
  const clear = () => {
    setQuery('')
    setFilter('all')
  }

  return (
    <>
      <div
        ref={box}
        className={css.picker}
        data-sheet={sheet || undefined}
        role="dialog"
        aria-label={texts.chooseAModel}
        tabIndex={-1}
        onKeyDown={keys}
      >
        <label className={css.search}>
          <Search size={16} aria-hidden />
          <input
            // biome-ignore lint/a11y/noAutofocus: the picker opens to be typed into
            autoFocus={!sheet}
            role="combobox"
            aria-expanded="true"
            aria-controls="model-list"
            aria-activedescendant={chosen ? optionId(rows.indexOf(chosen)) : undefined}
            aria-label={texts.search(models.length)}
            placeholder={texts.search(models.length)}
            value={query}
            onChange={event => {
              setQuery(event.target.value)
              setAt('')
              setMoved(false)
            }}
            onKeyDown={typing}
          />
          <Button tone="ghost" label={texts.close} icon={<X size={16} />} onClick={close} />
        </label>
        <div className={css.body}>
          <div className={css.choices}>
            {models.length > 0 && (
              <fieldset className={css.filters} aria-label={texts.filterLabel}>
                {filters.map(each => (
                  <button
                    key={each}
                    type="button"
                    aria-pressed={filter === each}
                    onClick={() => setFilter(each)}
                  >
                    {each === 'favorites' && <Star size={12} aria-hidden />}
                    {texts.filters[each]}
                  </button>
                ))}
              </fieldset>
            )}
            {rows.length > 0 && (
              <div id="model-list" className={css.list} role="listbox" aria-label={texts.models}>
                {sections.map(section => (
                  // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
                  <div key={section.state} role="group" aria-label={texts.sections[section.state]}>
                    <div className={css.head} aria-hidden>
                      <span>{texts.sections[section.state]}</span>
                      <span>{section.models.length}</span>
                    </div>
                    {section.models.map(model => (
                      <Option
                        key={model.id}
                        model={model}
                        place={rows.findIndex(row => row.id === model.id)}
                        chosen={chosen?.id === model.id}
                        favorite={favorites.includes(model.id)}
                        remark={remarkOf(model)}
                        onPoint={() => setAt(model.id)}
                        onPick={() => act({ id: model.id, model })}
                      />
                    ))}
                  </div>
                ))}
                {free.map(row => (
                  // biome-ignore lint/a11y/useFocusableInteractive: the search box keeps the focus
                  // biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys and Enter in the search box
                  <div
                    key={row.id}
                    id={optionId(rows.indexOf(row))}
                    role="option"
                    aria-selected={row === chosen}
                    className={css.free}
                    onPointerMove={() => setAt(row.id)}
                    onClick={() => choose(row.id)}
                  >
                    <b>{texts.typed(row.id)}</b>
                    <small>{texts.typedHelp}</small>
                  </div>
                ))}
              </div>
            )}
            {!rows.length && list.data && (
              <Nothing
                words={
                  query.trim()
                    ? texts.nothingFor(query.trim())
                    : filter === 'favorites'
                      ? texts.noFavorites
                      : texts.nothingHere
                }
                onClear={query.trim() || filter !== 'all' ? clear : null}
              />
            )}
            {list.isPending && (
              <div className={css.loading} role="status">
                {texts.loading}
              </div>
            )}
            {list.error && !list.data && (
              <div className={css.nothing} role="alert">
                <p>{errorMessage(list.error)}</p>
                <Button onClick={() => void list.refetch()}>{texts.tryAgain}</Button>
              </div>
            )}
            {list.data?.problems.map(({ provider, message }) => (
              <p key={provider} className={css.problem}>
                <span title={message}>{message}</span>
                <button type="button" disabled={loading} onClick={() => void again()}>
                  {texts.tryAgain}
                </button>
              </p>
            ))}
          </div>
          {chosen?.model && (
            <About
              model={chosen.model}
              local={localOf(local.data, chosen.id)}
              inUse={chosen.id === value}
              favorite={favorites.includes(chosen.id)}
              onUse={() => choose(chosen.id)}
              onConnect={() => setConnecting(chosen.model?.provider ?? null)}
              onFetch={() => void fetchWeights(chosen.id)}
            />
          )}
        </div>
        <footer className={css.foot}>
          <span>
            <kbd>↑</kbd> <kbd>↓</kbd> {texts.keys.move}
          </span>
          <span>
            <kbd>↵</kbd> {texts.keys.use}
          </span>
          <span>
            <kbd>{texts.keys.favoriteKey}</kbd> {texts.keys.favorite}
          </span>
          <a href="/models" target="_blank" rel="noreferrer">
            {texts.providersAndModels}
          </a>
        </footer>
      </div>
      {connecting && <Connect id={connecting} onClose={() => setConnecting(null)} />}
    </>
  )

  function remarkOf({ id, state }: TaskModel): string {
    if (id === value) return texts.inUse
    const known = localOf(local.data, id)
    if (known?.state === 'fetching') return texts.fetching(percentOf(known))
    if (known && state === 'needsWeights') return texts.download(fileSize(known.bytes))
    return state === 'ready' && recent[task]?.[0] === id ? texts.usedLast : ''
  }
}

const NONE: readonly TaskModel[] = []
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }
const withKey = (event: KeyboardEvent) => event.ctrlKey || event.metaKey || event.altKey

function Nothing({ words, onClear }: { words: string; onClear: (() => void) | null }) {
  return (
    <div className={css.nothing}>
      <p>{words}</p>
      {onClear && <Button onClick={onClear}>{texts.clearFilters}</Button>}
      <a href="/models" target="_blank" rel="noreferrer">
        {texts.connectToSeeMore}
      </a>
    </div>
  )
}
