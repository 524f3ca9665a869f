/** What the library shows, chosen from the list, the folders and the URL of the page. */

import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useMemo } from 'react'
import type { Folder, WorkflowSummary } from '../api/schema'
import { DropVeil } from '../importing/DropVeil'
import { errorMessage } from '../lib/errors'
import { LoadError } from '../ui/LoadError'
import { AppShell } from '../ui/shell/AppShell'
import { divide, matches, tagsOf } from '../ui/workflows/list'
import { accountQuery, foldersQuery, listQuery } from '../ui/workflows/queries'
import { SelectionBar } from './cards/SelectionBar'
import { WorkflowGrid } from './cards/WorkflowGrid'
import { useDeleted } from './deleting/DeletionsContext'
import { Dialogs } from './dialogs/Dialogs'
import { ImportedDialog } from './dialogs/ImportedDialog'
import { EmptyFolder } from './empty/EmptyFolder'
import { EmptyLibrary } from './empty/EmptyLibrary'
import { LibrarySkeleton } from './empty/Skeletons'
import { FilterBar } from './filter/FilterBar'
import { NoMatches } from './filter/NoMatches'
import { offered, shown } from './filter/shown'
import { everywhere, ROOT } from './filter/view'
import { FolderCards } from './folders/FolderCards'
import { FolderTree } from './folders/FolderTree'
import { path } from './folders/folders'
import { LibraryProvider, useLibrary } from './LibraryContext'
import { PageHeader } from './PageHeader'
import { TemplateStrip } from './templates/TemplateStrip'
import { texts } from './texts'
import { useImport } from './useImport'

const NO_FOLDERS: Folder[] = []

export function Library({ user }: { user: string }) {
  const list = useQuery(listQuery)
  const account = useQuery(accountQuery)
  const folders = useQuery(foldersQuery)
  const deleted = useDeleted()

  const me = account.data?.userId
  const { own, templates } = useMemo(() => {
    const rows = (list.data ?? []).filter(row => !deleted.has(row.slug))
    return divide(rows, me)
  }, [list.data, deleted, me])
  const amount = own.filter(row => !row.archived && !row.hidden).length
  const running = own.filter(row => row.lastRun?.status === 'processing').length
  const badges = list.data && {
    workflows: { shown: String(amount), said: texts.workflows(amount) },
    templates: { shown: String(templates.length), said: texts.templates(templates.length) },
    ...(running && { runs: { shown: `${running} now`, said: `${running} running` } }),
  }
  const ready = list.data && !folders.isPending

  return (
    <LibraryProvider folders={folders.data ?? NO_FOLDERS} own={own}>
      <AppShell active="workflows" user={user} badges={badges} side={ready && <FolderTree />}>
        <Top />
        {!ready && !list.isError && <LibrarySkeleton />}
        {list.isError && !list.data && (
          <LoadError
            message={errorMessage(list.error)}
            busy={list.isFetching}
            onRetry={() => void list.refetch()}
          />
        )}
        {ready && <Content templates={templates} />}
        <SelectionBar />
        <Dialogs />
      </AppShell>
    </LibraryProvider>
  )
}

function Top() {
  const importing = useImport(useLibrary().view.folder)
  return (
    <>
      <PageHeader importing={importing} />
      <DropVeil take={importing.take}>{texts.dropAWorkflowFileToImport}</DropVeil>
      <ImportedDialog importing={importing} />
    </>
  )
}

function Content({ templates }: { templates: readonly WorkflowSummary[] }) {
  const { view: chosen, show, folders, own } = useLibrary()
  const search = useDeferredValue(chosen.search)
  const view = useMemo(() => ({ ...chosen, search }), [chosen, search])
  const all = everywhere(view)
  const here = path(folders, view.folder).at(-1)
  const inside = all ? [] : folders.filter(folder => folder.parentId === (here?.id ?? null))
  const rows = useMemo(() => shown(own, view), [own, view])
  const found = useMemo(() => templates.filter(row => matches(row, search)), [templates, search])
  const fresh = !own.length && !folders.length && !search
  const strip = search ? !view.tag : !all && !view.folder

  if (view.folder !== null && !here && !all) {
    return (
      <NoMatches
        search=""
        filter="all"
        tag={null}
        gone
        onClear={() => show({ ...ROOT, sort: view.sort }, true)}
      />
    )
  }
  return (
    <>
      {fresh && <EmptyLibrary />}
      {strip && found.length > 0 && <TemplateStrip rows={found} big={fresh} />}
      {!fresh && (
        <section aria-label={texts.yourWorkflows}>
          <FilterBar
            title={all ? texts.inAllFolders : here ? texts.inThisFolder : texts.yourWorkflows}
            filters={offered(own, view.filter)}
            filter={view.filter}
            onFilter={filter => show({ filter })}
            tags={tagsOf(own, view.tag)}
            tag={view.tag}
            onTag={tag => show({ tag })}
            hidden={view.hidden || own.some(row => row.hidden) ? view.hidden : null}
            onHidden={hidden => show({ hidden })}
            sort={view.sort}
            onSort={sort => show({ sort }, true)}
          />
          <FolderCards inside={inside} />
          {rows.length > 0 && <WorkflowGrid rows={rows} />}
          {!rows.length && here && !all && !inside.length && <EmptyFolder name={here.name} />}
          {!rows.length && (all || (!here && !inside.length)) && (
            <NoMatches
              search={search}
              filter={view.filter}
              tag={view.tag}
              onClear={() => show({ search: '', filter: 'all', tag: null })}
            />
          )}
        </section>
      )}
    </>
  )
}
