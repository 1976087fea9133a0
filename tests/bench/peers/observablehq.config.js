// A page without a server behind it: the twelve answers lie in it as a file.
export default {
  root: 'page',
  title: 'Twelve tiles',
  pages: [],
  sidebar: false,
  toc: false,
  search: false,
  pager: false,
  globalStylesheets: [],
  footer: '',
};
