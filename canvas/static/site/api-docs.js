/* Starts Swagger UI on the page /api/docs. Calls carry the session's CSRF token, so that whoever is
   logged in can try the API without a key. */
document.addEventListener('DOMContentLoaded', () => {
  const main = document.getElementById('api')
  const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1]
  SwaggerUIBundle({
    url: main.dataset.description,
    domNode: main,
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
