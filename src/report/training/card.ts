/** `content` is HTML. Cards stand side by side where there is room. */
export const card = (title: string, content: string): string => `<div class="card"><h3>${title}</h3>${content}</div>`
