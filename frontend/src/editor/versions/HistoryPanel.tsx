/** The history beside the canvas: any version is opened on its page to view, or restored here. */
import { useQueryClient } from '@tanstack/react-query'
import { Eye, Undo2, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { versionRestore } from '../../api/history'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { LoadError } from '../../ui/LoadError'
import type { Item } from '../../ui/versions/EntryList'
import { versionName } from '../../ui/versions/format'
import { HistoryList } from '../../ui/versions/HistoryList'
import { texts } from '../../ui/versions/texts'
import { useVersions } from '../../ui/versions/useVersions'
import { useSession } from '../session'
import css from './HistoryPanel.module.css'

export function HistoryPanel() {
  const session = useSession()
  const { slug, store, sync } = session
  const client = useQueryClient()
  const saved = useStore(store.state, state => state.save.state === 'saved' && state.document)
  const { versions, history } = useVersions(slug)
  const [at, setAt] = useState<number | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    // What was saved here or came from others is in the list.
    if (!saved) return
    for (const key of ['versions', 'history'])
      void client.invalidateQueries({ queryKey: [key, slug] })
  }, [saved, client, slug])

  const close = () => session.view.setState({ history: false })
  const keys = (event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation()
    if (event.key === 'Escape') close()
  }
  const kept = versions.data
  const pages = history.data?.pages ?? []
  const error = versions.error ?? history.error
  const path = `/workflows/${encodeURIComponent(slug)}/history`
  const name = at !== null && kept ? versionName(at, kept.version, kept.versions) : ''
  const restore = async (version: number) => {
    setBusy(true)
    // What is chosen while the server works stays chosen.
    setAt(null)
    try {
      await sync.flush()
      await versionRestore(slug, { version })
      await sync.refresh()
      toast(texts.restored)
    } catch (error) {
      setAt(other => other ?? version)
      toast(errorMessage(error), { tone: 'bad' })
    } finally {
      setBusy(false)
    }
  }
  const open = (version: number) => void session.leave(`${path}?from=${version}&to=${version}`)
  const select = (item: Item) => setAt(item.kind === 'entry' ? item.entry.after : item.version)
  return (
    <section className={css.panel} aria-label={texts.history} onKeyDown={keys}>
      {error && (
        <LoadError
          what={texts.theHistory}
          message={errorMessage(error)}
          busy={versions.isFetching || history.isFetching}
          onRetry={() => {
            void versions.refetch()
            void history.refetch()
          }}
        />
      )}
      {kept && history.data && (
        <HistoryList
          catalog={session.catalog}
          pages={pages}
          from={at ?? kept.version}
          to={at ?? kept.version}
          more={history.hasNextPage ? () => void history.fetchNextPage() : null}
          busy={history.isFetchingNextPage}
          onOpen={select}
          tools={<Button tone="ghost" label={texts.close} icon={<X size={16} />} onClick={close} />}
        />
      )}
      {at !== null && (
        <footer className={css.actions}>
          <Button icon={<Eye aria-hidden size={15} />} onClick={() => void open(at)}>
            {texts.openVersion(name)}
          </Button>
          {store.canEdit && at !== kept?.version && (
            <Button
              icon={<Undo2 aria-hidden size={15} />}
              disabled={busy}
              onClick={() => void restore(at)}
            >
              {texts.restoreAll(name)}
            </Button>
          )}
          <p>{texts.restoringAdds}</p>
        </footer>
      )}
    </section>
  )
}
