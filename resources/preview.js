// Thumbnails under nodes in the editor: of each node whose `preview` is above 0, so many a second. The runtime is asked
// for them one by one, so that it makes none that nobody looks at, and none wait for a slow browser.
(function () {
  'use strict';
  if (window.inkcamPreviews) return;
  window.inkcamPreviews = true;

  /** Of a thumbnail, pixels of the workspace; its distance from the node leaves room for the status. */
  var WIDTH = 160;
  var GAP = 20;
  /** How often is looked whether a thumbnail is due, and how long after an error, milliseconds. */
  var TICK = 100;
  var PAUSE = 5000;
  var SVG = 'http://www.w3.org/2000/svg';
  var thumbnails = new Map();

  function wanted() {
    var nodes = [];
    if (document.hidden) return nodes;
    RED.nodes.eachNode(function (node) {
      if (node.preview > 0 && node.z === RED.workspaces.active() && /^digits-/.test(node.type)) nodes.push(node);
    });
    return nodes;
  }

  function remove(id) {
    var thumbnail = thumbnails.get(id);
    if (thumbnail && thumbnail.group) thumbnail.group.remove();
    thumbnails.delete(id);
  }

  function draw(node, thumbnail) {
    var holder = document.getElementById(node.id);
    if (!holder) return;
    if (!thumbnail.group || thumbnail.group.parentNode !== holder) {
      if (thumbnail.group) thumbnail.group.remove();
      thumbnail.group = document.createElementNS(SVG, 'g');
      thumbnail.group.setAttribute('class', 'digits-preview');
      thumbnail.group.setAttribute('pointer-events', 'none');
      thumbnail.image = document.createElementNS(SVG, 'image');
      thumbnail.frame = document.createElementNS(SVG, 'rect');
      thumbnail.frame.setAttribute('fill', 'none');
      thumbnail.frame.setAttribute('stroke', '#999');
      thumbnail.group.append(thumbnail.image, thumbnail.frame);
      holder.append(thumbnail.group);
    }
    var height = Math.round((WIDTH * thumbnail.height) / thumbnail.width);
    [thumbnail.image, thumbnail.frame].forEach(function (element) {
      element.setAttribute('y', node.h + GAP);
      element.setAttribute('width', WIDTH);
      element.setAttribute('height', height);
    });
    if (thumbnail.image.getAttribute('href') !== thumbnail.href) thumbnail.image.setAttribute('href', thumbnail.href);
  }

  function ask(node, thumbnail) {
    thumbnail.busy = true;
    thumbnail.due = Date.now() + 1000 / node.preview;
    $.ajax({
      url: 'digits/preview/' + encodeURIComponent(node.id),
      data: { since: thumbnail.number },
      dataType: 'json',
      timeout: 10000,
    })
      .done(function (answer) {
        if (!answer || !thumbnails.has(node.id)) return;
        thumbnail.number = answer.number;
        thumbnail.width = answer.width;
        thumbnail.height = answer.height;
        thumbnail.href = answer.image;
      })
      .fail(function () {
        thumbnail.due = Date.now() + PAUSE;
      })
      .always(function () {
        thumbnail.busy = false;
      });
  }

  setInterval(function () {
    var nodes = wanted();
    var ids = new Set(
      nodes.map(function (node) {
        return node.id;
      }),
    );
    Array.from(thumbnails.keys()).forEach(function (id) {
      if (!ids.has(id)) remove(id);
    });
    nodes.forEach(function (node) {
      var thumbnail = thumbnails.get(node.id);
      if (!thumbnail) thumbnails.set(node.id, (thumbnail = { number: 0, due: 0 }));
      if (thumbnail.href) draw(node, thumbnail);
      if (!thumbnail.busy && Date.now() >= thumbnail.due) ask(node, thumbnail);
    });
  }, TICK);
})();
