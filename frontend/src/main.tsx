/** Mounts the page that the shell names in `data-page`; each page is a bundle of its own. */
import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './ui/shell/tokens.css'
import './ui/shell/base.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ComponentType, createElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { errorMessage } from './lib/errors'
import type { PageProps } from './ui/page'
import { Guarded, PageFailure } from './ui/shell/PageFailure'
import { ViewerHost } from './ui/viewer/ViewerHost'

type Page = { default: ComponentType<PageProps> }

const pages: Record<string, () => Promise<Page>> = {
  library: () => import('./library/LibraryPage'),
  editor: () => import('./editor/EditorPage'),
  history: () => import('./history/HistoryPage'),
  play: () => import('./play/PlayPage'),
  templates: () => import('./gallery/TemplatesPage'),
  runs: () => import('./run-pages/list/RunsPage'),
  queue: () => import('./run-pages/queue/QueuePage'),
  run: () => import('./run-pages/detail/RunPage'),
  assets: () => import('./assets/AssetsPage'),
  models: () => import('./models/ModelsPage'),
  runners: () => import('./runners/RunnersPage'),
  settings: () => import('./settings/SettingsPage'),
}

async function mount(): Promise<void> {
  const place = document.getElementById('root')
  const open = place && pages[place.dataset.page ?? '']
  if (!place || !open) return
  const root = createRoot(place)
  const loaded = await open().catch((error: unknown) => {
    root.render(createElement(PageFailure, { reason: errorMessage(error) }))
  })
  if (!loaded) return
  const client = new QueryClient({
    defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false, staleTime: 60_000 } },
  })
  const { slug = '', user = '', allows = '' } = place.dataset
  const page = createElement(loaded.default, { slug, user, allows })
  root.render(
    createElement(
      StrictMode,
      null,
      createElement(
        QueryClientProvider,
        { client },
        createElement(Guarded, null, page),
        createElement(ViewerHost),
      ),
    ),
  )
}

void mount()
