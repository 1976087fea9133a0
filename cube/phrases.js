'use strict';

const plain = /^f"([^"\\`$]*)"$/;
const reference = /\{(\w+(?:\.\w+)*)\}/;

function toExpression(path) {
  return path
    .split('.')
    .map((name) => ({ type: 'Identifier', name }))
    .reduce((object, property) => ({ type: 'MemberExpression', object, property, computed: false }));
}

function toElement(text, isLast) {
  return { type: 'TemplateElement', value: { raw: text, cooked: text }, tail: isLast };
}

/** The syntax tree of a text that holds nothing but words and plain references, else null. */
function readPhrase(code) {
  const match = plain.exec(code);
  if (!match || match[1] === '') return null;
  const pieces = match[1].split(reference);
  const texts = pieces.filter((_, index) => index % 2 === 0);
  if (texts.some((text) => /[{}]/.test(text))) return null;
  const expression = {
    type: 'TemplateLiteral',
    quasis: texts.map((text, index) => toElement(text, index === texts.length - 1)),
    expressions: pieces.filter((_, index) => index % 2 === 1).map(toExpression),
  };
  return { type: 'Program', directives: [], body: [{ type: 'ExpressionStatement', expression }] };
}

/**
 * Cube reads every text of a YAML model, titles too, with a full Python parser in worker threads: half of the time
 * of a start. Without its native part the plain ones, nearly all, take this short way; Cube's parser has the rest.
 */
function readPhrasesFast() {
  const {
    DataSchemaCompiler,
  } = require('@cubejs-backend/schema-compiler/dist/src/compiler/DataSchemaCompiler');
  const { YamlCompiler } = require('@cubejs-backend/schema-compiler/dist/src/compiler/YamlCompiler');
  const { parsePythonAndTranspileToJs } = YamlCompiler.prototype;
  YamlCompiler.prototype.parsePythonAndTranspileToJs = function (code, errorsReport) {
    return (
      (typeof code === 'string' && readPhrase(code)) ||
      parsePythonAndTranspileToJs.call(this, code, errorsReport)
    );
  };
  // A worker thread would load a parser of its own, without the short way.
  DataSchemaCompiler.prototype.transpileYamlFile = async function (file, errorsReport) {
    errorsReport.inFile(file);
    try {
      const transpiled = this.yamlCompiler.transpileYamlFile(file, errorsReport);
      return transpiled && { ...file, content: transpiled.content };
    } finally {
      errorsReport.exitFile();
    }
  };
}

module.exports = { readPhrase, readPhrasesFast };
