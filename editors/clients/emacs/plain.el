;;; plain.el --- eglot and semantic-ls -*- lexical-binding: t -*-

;; Run by run.sh: `emacs -Q --batch --load plain.el'.  Eglot alone, without a package for the server.

;;; Code:

(require 'cl-lib)
(require 'project)
(require 'xref)

;; The server's part of docs/editors.md.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(prog-mode . ("semantic-ls" "serve"))))

(require 'eglot)

;; What a package for Go brings, as far as it matters here.
(define-derived-mode go-mode prog-mode "Go")
(add-to-list 'auto-mode-alist '("\\.go\\'" . go-mode))

;; No version control here: a go.mod makes a project.
(add-to-list 'project-find-functions
             (lambda (dir)
               (when-let* ((root (locate-dominating-file dir "go.mod")))
                 (cons 'transient root))))

(setq make-backup-files nil
      create-lockfiles nil
      auto-save-default nil
      native-comp-jit-compilation nil
      eglot-sync-connect 60
      eglot-autoshutdown nil)

(defconst plain-project (file-name-as-directory (file-truename (getenv "PROJECT"))))
(defconst plain-patience 60 "Seconds that nothing takes when all is well.")

(defvar plain-passed 0)
(defvar plain-failed 0)
(defvar plain-told nil "The last status that the server told.")

(cl-defmethod eglot-handle-notification (_server (_method (eql semantic/statusChanged)) &rest status)
  "Keep STATUS."
  (setq plain-told status))

(defmacro plain-check (name &rest body)
  "Run BODY, which fails by an error, and print a line that says NAME."
  (declare (indent 1))
  `(condition-case problem
       (progn
         ,@body
         (cl-incf plain-passed)
         (princ (format "ok      %s\n" ,name)))
     (error
      (cl-incf plain-failed)
      (princ (format "FAILED  %s\n        %s\n" ,name (error-message-string problem))))))

(defun plain-equal (got want what)
  "Fail unless GOT is WANT; WHAT names it."
  (unless (equal got want)
    (error "%s: got %S, want %S" what got want)))

(defun plain-await (what condition)
  "Handle what processes say until CONDITION returns non-nil; WHAT names it."
  (with-timeout (plain-patience (error "Waited in vain for %s" what))
    (while (not (funcall condition))
      (accept-process-output nil 1))))

(defun plain-open (name)
  "Visit the file NAME of the project."
  (set-buffer (find-file-noselect (expand-file-name name plain-project))))

(defun plain-line (text)
  "The line, from 1, of the current buffer that has TEXT."
  (save-excursion
    (goto-char (point-min))
    (search-forward text)
    (line-number-at-pos)))

(defun plain-place (xref)
  "The file and line of XREF."
  (let ((location (xref-item-location xref)))
    (format "%s:%s" (file-name-nondirectory (xref-location-group location)) (xref-location-line location))))

(defun plain-apropos (pattern)
  "What `xref-find-apropos' shows for PATTERN, as a list of xrefs."
  (let* ((shown nil)
         (xref-show-xrefs-function (lambda (fetcher _alist) (setq shown (funcall fetcher)))))
    (xref-find-apropos pattern)
    shown))

(defun plain-ask (method &rest params)
  "Send METHOD with PARAMS to the server, changes before it, and return its answer."
  (eglot--request (eglot-current-server) method params :timeout plain-patience))

(defun plain-first (query)
  "The first hit of a search for QUERY."
  (aref (plist-get (plain-ask :semantic/search :query query) :hits) 0))

(plain-check "eglot connects, and the folder becomes ready"
  (plain-open "net/retry.go")
  (let ((inhibit-message t))
    (apply #'eglot (eglot--guess-contact)))
  (plain-equal (plist-get (eglot--server-info (eglot-current-server)) :name) "semantic-ls" "server")
  (plain-await "the folder to be ready"
               (lambda ()
                 (and plain-told
                      (equal (plist-get (aref (plist-get plain-told :folders) 0) :state) "ready")
                      (= 100 (plist-get (plist-get plain-told :coverage) :percent))))))

(plain-check "xref-find-apropos takes a question, and keeps the order"
  (let ((found (plain-apropos "check the password of a user at login")))
    (plain-open "auth/password.go")
    (plain-equal (plain-place (car found)) (format "password.go:%d" (plain-line "func VerifyPassword")) "first"))
  (plain-equal (plain-place (car (plain-apropos "Retry"))) "retry.go:15" "first for a name"))

(plain-check "an unsaved edit is found where it stands, and the file is not touched"
  (plain-open "net/retry.go")
  (goto-char (point-min))
  (search-forward "// Retry calls send")
  (beginning-of-line)
  (insert "// CompressThumbnail shrinks an uploaded photograph to a small picture.\n"
          "func CompressThumbnail(photograph []byte) []byte {\n"
          "\treturn photograph[:len(photograph)/2]\n"
          "}\n\n")
  (let ((wanted (plain-line "func CompressThumbnail"))
        (query "make a picture that was sent in smaller"))
    (plain-equal (plain-place (car (plain-apropos query))) (format "retry.go:%d" wanted) "first")
    (let ((hit (plain-first query)))
      (plain-equal (file-equal-p (eglot-uri-to-path (plist-get hit :uri)) (buffer-file-name)) t "first hit's file")
      (plain-equal (1+ (plist-get (plist-get (plist-get hit :selectionRange) :start) :line)) wanted "first hit's line")))
  (plain-equal (buffer-modified-p) t "modified")
  (plain-equal (with-temp-buffer
                 (insert-file-contents (expand-file-name "net/retry.go" plain-project))
                 (search-forward "CompressThumbnail" nil t))
               nil "file on disk"))

(plain-check "columns are those of characters of any width"
  (goto-char (point-max))
  (insert "\nfunc /* 𝒢ß */ Widened() {}\n")
  (let ((location (xref-item-location (car (plain-apropos "Widened")))))
    (with-current-buffer (marker-buffer (xref-location-marker location))
      (goto-char (xref-location-marker location))
      (plain-equal (thing-at-point 'symbol t) "Widened" "symbol at the place"))))

(plain-check "what is saved is found, and what is thrown away is not"
  (let ((inhibit-message t))
    (save-buffer))
  (plain-await "the buffer to be saved"
               (lambda ()
                 (= 0 (plist-get (plist-get (plain-ask :semantic/search :query "Widened") :coverage) :dirtyDocuments))))
  (plain-equal (plain-place (car (plain-apropos "Widened"))) (format "retry.go:%d" (plain-line "Widened")) "first")
  (goto-char (point-max))
  (insert "func ThrownAway() {}\n")
  (plain-equal (plist-get (plain-first "ThrownAway") :symbol) "ThrownAway" "first while it is there")
  (set-buffer-modified-p nil)
  (kill-buffer)
  (plain-open "auth/password.go")
  (when (equal (plist-get (plain-first "ThrownAway") :symbol) "ThrownAway")
    (error "A buffer that is gone is found")))

(plain-check "a file that another program writes is found"
  (call-process "cp" nil nil nil (expand-file-name "billing/receipt.go" plain-project)
                (expand-file-name "billing/copied.go" plain-project))
  (plain-await "the file"
               (lambda ()
                 (read-event nil nil 0.01) ; which is how Emacs hears of files
                 (cl-some (lambda (hit) (string-suffix-p "/copied.go" (plist-get hit :uri)))
                          (plist-get (plain-ask :semantic/search :query "PrintReceipt") :hits)))))

(plain-check "a file of another mode is opened in the same server"
  (write-region "def shrink_picture(photograph):\n    return photograph[::2]\n" nil
                (expand-file-name "tools.py" plain-project) nil 'silent)
  (plain-open "tools.py")
  (plain-equal (and (eglot-managed-p) (plist-get (plain-first "shrink_picture") :symbol)) "shrink_picture" "first"))

;; As `eglot-shutdown' does it, which then kills the process if that is not noticed to have ended within 0.1 seconds.
(plain-check "the server exits when Emacs says so"
  (let* ((server (eglot-current-server))
         (process (jsonrpc--process server)))
    (setf (eglot--shutdown-requested server) t)
    (eglot--request server :shutdown nil :timeout plain-patience)
    (jsonrpc-notify server :exit nil)
    (plain-await "the process to end" (lambda () (not (process-live-p process))))
    (plain-equal (process-exit-status process) 0 "exit code")))

(princ (format "\n%d passed, %d failed\n" plain-passed plain-failed))
(kill-emacs (if (= plain-failed 0) 0 1))

;;; plain.el ends here
