// What htmx does not do: keys, and closing the event stream of a tab that nobody looks at, because
// a browser opens six connections to one host. Every page works without this file.
(function () {
  'use strict';

  var stream = null;
  if (window.htmx) {
    window.htmx.createEventSource = function (url) {
      stream = new EventSource(url);
      return stream;
    };
  }
  document.addEventListener('visibilitychange', function () {
    var live = document.querySelector('.live');
    if (!live || !window.htmx) return;
    if (document.hidden) {
      if (stream) stream.close();
      stream = null;
    } else if (!stream) {
      var fresh = live.cloneNode(true);
      live.replaceWith(fresh);
      window.htmx.process(fresh);
    }
  });
  window.addEventListener('pagehide', function () {
    if (stream) stream.close();
    stream = null;
  });

  // An answer that is a whole page, such as sign-in, replaces the whole page.
  document.addEventListener('htmx:responseError', function (e) {
    if (e.detail.xhr.status === 401) location.reload();
  });

  function typing(el) {
    return el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  }
  function rows() {
    return Array.prototype.slice.call(document.querySelectorAll('.hits > li h3 a, .items > li h3 a'));
  }
  function move(step) {
    var all = rows();
    if (!all.length) return;
    var at = all.indexOf(document.activeElement) + step;
    if (document.activeElement === document.body) at = step > 0 ? 0 : all.length - 1;
    var to = all[Math.max(0, Math.min(all.length - 1, at))];
    to.focus();
    to.scrollIntoView({ block: 'nearest' });
  }

  var chord = 0;
  document.addEventListener('keydown', function (e) {
    // A Vietnamese keyboard composes letters from several keys.
    if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return;
    if (chord && Date.now() - chord < 1500) {
      chord = 0;
      var to = document.querySelector('.nav a[data-key="' + e.key + '"]');
      if (to) to.click();
      return;
    }
    switch (e.key) {
      case '/':
        var find = document.querySelector('#q') || document.querySelector('#q0');
        if (!find) return;
        find.focus();
        find.select();
        break;
      case 'j': move(1); break;
      case 'k': move(-1); break;
      case 'g': chord = Date.now(); break;
      case '?':
        var help = document.querySelector('a[data-help]');
        if (help) help.click();
        break;
      default: return;
    }
    e.preventDefault();
  });

  // The menu closes when something else is pressed.
  document.addEventListener('click', function (e) {
    var menu = document.querySelector('.me[open]');
    if (menu && !menu.contains(e.target)) menu.open = false;
  });
})();
