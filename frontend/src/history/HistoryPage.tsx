/**
 * The history of a workflow: who did what, any version on a canvas that is only looked at, two of
 * them compared, and what of them is restored, named, copied or published.
 */
import { errorMessage } from '../lib/errors'
import { LoadError } from '../ui/LoadError'
import type { PageProps } from '../ui/page'
import { Toasts } from '../ui/shell/Toasts'
import { texts } from '../ui/versions/texts'
import { useVersions } from '../ui/versions/useVersions'
import css from './HistoryPage.module.css'
import { HistoryView } from './HistoryView'
import { TemplatePage } from './TemplatePage'
import { useCatalog } from './useCatalog'

export default function HistoryPage({ slug }: PageProps) {
  const isOfTemplate = new URLSearchParams(location.search).has('template')
  return isOfTemplate ? <TemplatePage slug={slug} /> : <Versions slug={slug} />
}

function Versions({ slug }: { slug: string }) {
  const catalog = useCatalog()
  const { versions, history } = useVersions(slug)
  const error = catalog.error ?? versions.error ?? history.error
  if (error) {
    const retry = () => {
      for (const query of [catalog, versions, history]) if (query.error) void query.refetch()
    }
    return (
      <main className={css.failure}>
        <LoadError
          what={texts.theHistory}
          message={errorMessage(error)}
          busy={catalog.isFetching || versions.isFetching || history.isFetching}
          onRetry={retry}
        />
      </main>
    )
  }
  if (!catalog.data || !versions.data || !history.data) {
    return <div className={css.page} role="status" aria-label={texts.loadingTheHistory} />
  }
  return (
    <>
      <HistoryView
        slug={slug}
        catalog={catalog.data}
        kept={versions.data}
        pages={history.data.pages}
        more={history.hasNextPage ? () => void history.fetchNextPage() : null}
        busy={history.isFetchingNextPage}
      />
      <Toasts />
    </>
  )
}
