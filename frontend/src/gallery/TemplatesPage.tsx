/** The gallery of templates: what the shell mounts at `/templates`. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { LayoutTemplate } from 'lucide-react'
import { useMemo } from 'react'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { SearchField } from '../ui/controls/SearchField'
import { LoadError } from '../ui/LoadError'
import type { PageProps } from '../ui/page'
import { AppShell } from '../ui/shell/AppShell'
import { useAddress } from '../ui/useAddress'
import { divide, matches, tagsOf } from '../ui/workflows/list'
import { accountQuery, editorAddress, listQuery, workflowDuplicate } from '../ui/workflows/queries'
import css from './Gallery.module.css'
import { GalleryCard } from './GalleryCard'
import { texts } from './texts'

interface View {
  search: string
  tag: string | null
}

const ADDRESS = {
  parse(query: string): View {
    const asked = new URLSearchParams(query)
    return { search: asked.get('q') ?? '', tag: asked.get('tag') || null }
  },
  write({ search, tag }: View): string {
    const query = new URLSearchParams({ ...(tag && { tag }), ...(search && { q: search }) })
    return query.size ? `?${query}` : ''
  },
}

export default function TemplatesPage({ user }: PageProps) {
  const list = useQuery(listQuery)
  const me = useQuery(accountQuery).data?.userId
  const [view, show] = useAddress<View>(ADDRESS)
  const { templates } = useMemo(() => divide(list.data ?? [], me), [list.data, me])
  const tags = tagsOf(templates, view.tag)
  const rows = templates.filter(
    row => matches(row, view.search) && (view.tag === null || row.tags.includes(view.tag)),
  )
  const copy = useMutation({
    mutationFn: (slug: string) => workflowDuplicate(slug),
    onSuccess: ({ slug }) => location.assign(editorAddress(slug)),
    onError: error => toast(errorMessage(error), { tone: 'bad' }),
  })
  const badges = list.data && {
    templates: { shown: String(templates.length), said: texts.templates(templates.length) },
  }
  return (
    <AppShell active="templates" user={user} badges={badges}>
      <header className={css.header}>
        <h1>{texts.templatesTitle}</h1>
        <SearchField
          value={view.search}
          label={texts.searchTemplates}
          onChange={search => show({ search }, true)}
        />
      </header>
      {tags.length > 0 && (
        <fieldset className={css.tags} aria-label={texts.tags}>
          {tags.map(tag => (
            <button
              key={tag}
              type="button"
              aria-pressed={tag === view.tag}
              onClick={() => show({ tag: tag === view.tag ? null : tag })}
            >
              {tag}
            </button>
          ))}
        </fieldset>
      )}
      {list.isPending && <div className={css.waiting} role="status" aria-label={texts.loading} />}
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
            <GalleryCard
              key={row.slug}
              row={row}
              mine={row.createdBy === me}
              busy={!copy.isError && copy.variables === row.slug}
              disabled={copy.isPending || copy.isSuccess}
              onUse={() => copy.mutate(row.slug)}
            />
          ))}
        </ul>
      )}
      {list.data && !rows.length && (
        <div className={css.empty}>
          <LayoutTemplate aria-hidden size={28} />
          {templates.length ? (
            <>
              <p>{texts.noTemplateMatches}</p>
              <button type="button" onClick={() => show({ search: '', tag: null })}>
                {texts.showAll(templates.length)}
              </button>
            </>
          ) : (
            <>
              <p>{texts.thereAreNoTemplatesYet}</p>
              <a href="/">{texts.toYourWorkflows}</a>
            </>
          )}
        </div>
      )}
    </AppShell>
  )
}
