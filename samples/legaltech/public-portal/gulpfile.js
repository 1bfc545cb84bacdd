'use strict';

const fs = require('node:fs');
const { Transform } = require('node:stream');
const { dest, parallel, src } = require('gulp');
const { marked } = require('marked');

const site = process.env.SITE_NAME || 'Lemos Duarte Advogados';

function intoPage() {
  const layout = fs.readFileSync('src/layout.html', 'utf8');
  return new Transform({
    objectMode: true,
    transform(file, encoding, done) {
      const text = file.contents.toString();
      const title = text.match(/^# (.+)$/m)[1];
      const page = layout.replaceAll('{{title}}', title).replaceAll('{{site}}', site);
      file.contents = Buffer.from(page.replace('{{content}}', () => marked.parse(text)));
      file.extname = '.html';
      done(null, file);
    },
  });
}

const pages = () => src('src/*.md').pipe(intoPage()).pipe(dest('dist'));
const styles = () => src('src/*.css').pipe(dest('dist'));

exports.build = parallel(pages, styles);
