/** The gallery of templates: what the shell mounts at `/templates`. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { LayoutTemplate, SlidersHorizontal } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { WorkflowSummary } from '../api/schema'
import { errorMessage } from '../lib/errors'
import { LOCALE } from '../lib/locale'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { SearchField } from '../ui/controls/SearchField'
import { LoadError } from '../ui/LoadError'
import { ListEmpty, ListHeader, ListWaiting } from '../ui/list-page/ListPage'
import type { PageProps } from '../ui/page'
import { AppShell } from '../ui/shell/AppShell'
import { useQueryView } from '../ui/useQueryView'
import { divide } from '../ui/workflows/list'
import { accountQuery, editorUrl, listQuery, workflowDuplicate } from '../ui/workflows/queries'
import { FilterRow } from './FilterRow'
import css from './Gallery.module.css'
import { GalleryCard } from './GalleryCard'
import { ICONS, useIsHere } from './Needs'
import { TemplateDialog } from './TemplateDialog'
import { texts } from './texts'
import { counts, EVERYTHING, KINDS, passes, QUERY, type View, WANTINGS, wantings } from './view'

export default function TemplatesPage({ user }: PageProps) {
  const list = useQuery(listQuery)
  const me = useQuery(accountQuery).data?.userId
  const [view, show] = useQueryView<View>(QUERY)
  const { templates } = useMemo(() => divide(list.data ?? [], me), [list.data, me])
  const rows = templates.filter(row => passes(row, view))
  const isHere = useIsHere()
  const copy = useMutation({
    mutationFn: (slug: string) => workflowDuplicate(slug),
    onSuccess: ({ slug }) => location.assign(editorUrl(slug)),
    onError: error => toast(errorMessage(error), { tone: 'bad' }),
  })
  const badges = list.data && {
    templates: { shown: String(templates.length), said: texts.templates(templates.length) },
  }
  const uses = (row: WorkflowSummary) => ({
    row,
    mine: row.createdBy === me,
    busy: !copy.isError && copy.variables === row.slug,
    disabled: copy.isPending || copy.isSuccess,
    isHere,
    onUse: () => copy.mutate(row.slug),
  })
  const opened = templates.find(({ slug }) => slug === view.open)
  return (
    <AppShell active="templates" user={user} badges={badges}>
      <ListHeader className={css.header}>
        <h1>{texts.templatesTitle}</h1>
        <p>{texts.useCopies}</p>
        <SearchField
          value={view.search}
          label={texts.searchTemplates}
          onChange={search => show({ search }, true)}
        />
      </ListHeader>
      {templates.length > 0 && <Filters templates={templates} view={view} show={show} />}
      {list.isPending && <ListWaiting label={texts.loading} />}
      {list.isError && !list.data && (
        <LoadError
          message={errorMessage(list.error)}
          busy={list.isFetching}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.data && rows.length > 0 && (
        <ul className={css.grid} aria-label={texts.templatesTitle}>
          {rows.map(row => (
            <GalleryCard key={row.slug} {...uses(row)} onOpen={() => show({ open: row.slug })} />
          ))}
        </ul>
      )}
      {list.data && !rows.length && (
        <ListEmpty>
          <LayoutTemplate aria-hidden size={28} />
          {templates.length ? (
            <>
              <p role="status">{texts.noTemplateMatches}</p>
              <Button onClick={() => show(EVERYTHING)}>{texts.showAll(templates.length)}</Button>
            </>
          ) : (
            <>
              <p>{texts.thereAreNoTemplatesYet}</p>
              <a href="/">{texts.toYourWorkflows}</a>
            </>
          )}
        </ListEmpty>
      )}
      {opened && <TemplateDialog {...uses(opened)} onClose={() => show({ open: null })} />}
    </AppShell>
  )
}

interface FiltersProps {
  templates: readonly WorkflowSummary[]
  view: View
  show: (changes: Partial<View>) => void
}

/** A tag as the name of a category. */
const titled = (tag: string) => tag.charAt(0).toLocaleUpperCase(LOCALE) + tag.slice(1)

/** Three rows of filters, each counting what it would leave of what the others do. */
function Filters({ templates, view, show }: FiltersProps) {
  const [unfolded, unfold] = useState(false)
  const kinds = counts(templates, { ...view, kind: null }, row => row.template?.kinds ?? [])
  const needs = counts(templates, { ...view, need: null }, wantings)
  const categories = counts(templates, { ...view, category: null }, ({ template }) =>
    template?.category ? [template.category] : [],
  )
  const names = [...categories.keys()].sort((a, b) => a.localeCompare(b, LOCALE))
  const hidden = Number(view.need !== null) + Number(view.category !== null)
  return (
    <div className={css.filters} data-unfolded={unfolded || undefined}>
      <FilterRow
        label={texts.gives}
        value={view.kind}
        onChange={kind => show({ kind })}
        options={[
          { value: null, name: texts.all },
          ...KINDS.filter(kind => kinds.has(kind)).map(kind => ({
            value: kind,
            name: texts.kinds[kind],
            count: kinds.get(kind) ?? 0,
          })),
        ]}
      />
      <Button
        className={css.more ?? ''}
        aria-expanded={unfolded}
        onClick={() => unfold(!unfolded)}
        icon={<SlidersHorizontal aria-hidden size={15} />}
      >
        {texts.filters}
        {hidden > 0 && ` · ${hidden}`}
      </Button>
      <div className={css.needs}>
        <FilterRow
          label={texts.needsLabel}
          named
          value={view.need}
          onChange={need => show({ need })}
          options={[
            { value: null, name: texts.anything },
            ...WANTINGS.filter(need => needs.has(need)).map(need => ({
              value: need,
              name: texts.wantings[need],
              count: needs.get(need) ?? 0,
              icon: ICONS[need],
            })),
          ]}
        />
      </div>
      {names.length > 1 && (
        <div className={css.categories}>
          <FilterRow
            label={texts.category}
            value={view.category}
            onChange={category => show({ category })}
            options={[
              { value: null, name: texts.allCategories },
              ...names.map(name => ({
                value: name,
                name: titled(name),
                count: categories.get(name) ?? 0,
              })),
            ]}
          />
        </div>
      )}
    </div>
  )
}
