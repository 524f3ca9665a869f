/* Starts Swagger UI on the page /api/docs, in the theme of the site. Calls carry the session's CSRF
   token, so that whoever is logged in can try the API without a key. */
{
  // As frontend/src/theme.ts, before anything is drawn.
  const kept = localStorage.getItem('theme')
  const light = matchMedia('(prefers-color-scheme: light)').matches
  const dark = kept === 'dark' || (kept !== 'light' && !light)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.documentElement.classList.toggle('dark', dark)
}

/** Leaves out what is deprecated: other ways of saying the same stay in the file for programs. */
const withoutDeprecated = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: original => description => {
          for (const methods of Object.values(description.paths ?? {})) {
            for (const [method, operation] of Object.entries(methods)) {
              if (operation.deprecated) delete methods[method]
            }
          }
          return original(description)
        },
      },
    },
  },
})

document.addEventListener('DOMContentLoaded', () => {
  const main = document.getElementById('api')
  const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1]
  SwaggerUIBundle({
    url: main.dataset.description,
    domNode: main,
    plugins: [withoutDeprecated],
    deepLinking: true,
    validatorUrl: null,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    requestInterceptor: request => {
      const own = new URL(request.url, location.href).origin === location.origin
      if (own && token()) request.headers['X-CSRFToken'] = token()
      return request
    },
  })
})
