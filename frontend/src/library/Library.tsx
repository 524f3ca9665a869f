/** What the library shows, chosen from the list, the search, the filter and the order. */
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useMemo, useState } from 'react'
import { sentence } from '../api/client'
import { AppShell } from '../ui/AppShell'
import { useDeleted } from './DeletionsContext'
import { DropImport } from './DropImport'
import { EmptyLibrary } from './EmptyLibrary'
import { FilterBar } from './FilterBar'
import { LoadError } from './LoadError'
import { NoMatches } from './NoMatches'
import { PageHeader } from './PageHeader'
import { accountQuery, listQuery } from './queries'
import { LibrarySkeleton } from './Skeletons'
import { divide, type Filter, matches, offered, type Sort, shown } from './shown'
import { TemplateStrip } from './TemplateStrip'
import { useImport } from './useImport'
import { WorkflowGrid } from './WorkflowGrid'

export function Library({ user }: { user: string }) {
  const list = useQuery(listQuery)
  const account = useQuery(accountQuery)
  const deleted = useDeleted()
  const [typed, setTyped] = useState('')
  const [filter, setFilter] = useState<Filter>('all')
  const [sort, setSort] = useState<Sort>('edited')
  const search = useDeferredValue(typed)
  const importing = useImport()

  const me = account.data?.userId
  const { own, templates } = useMemo(() => {
    const rows = (list.data ?? []).filter(row => !deleted.has(row.slug))
    return divide(rows, me)
  }, [list.data, deleted, me])
  const rows = useMemo(() => shown(own, { search, filter, sort }), [own, search, filter, sort])
  const found = useMemo(() => templates.filter(row => matches(row, search)), [templates, search])
  const empty = list.isSuccess && own.length === 0 && !search

  return (
    <AppShell active="workflows" user={user}>
      <PageHeader search={typed} onSearch={setTyped} importing={importing} />
      {list.isPending && <LibrarySkeleton />}
      {list.isError && !list.data && (
        <LoadError
          message={sentence(list.error)}
          busy={list.isFetching}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.data && (
        <>
          {empty && <EmptyLibrary />}
          {found.length > 0 && <TemplateStrip rows={found} big={empty} />}
          {!empty && (
            <section aria-label="Your workflows">
              <FilterBar
                filters={offered(own, filter)}
                filter={filter}
                onFilter={setFilter}
                sort={sort}
                onSort={setSort}
              />
              {rows.length > 0 ? (
                <WorkflowGrid rows={rows} />
              ) : (
                <NoMatches
                  search={search}
                  filter={filter}
                  onClear={() => {
                    setTyped('')
                    setFilter('all')
                  }}
                />
              )}
            </section>
          )}
        </>
      )}
      <DropImport importing={importing} />
    </AppShell>
  )
}
