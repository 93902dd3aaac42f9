
recension <- local({
  here <- function(name) {
    sourced <- Filter(Negate(is.null), lapply(sys.frames(), function(frame) frame$ofile))
    run <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
    script <- if (length(sourced)) sourced[[length(sourced)]] else gsub("~+~", " ", c(run, "")[[1]], fixed = TRUE)
    beside <- file.path(dirname(script), name)
    if (file.exists(beside)) beside else name
  }
  # As it stands in the file: every cell a text, an empty one NA; UTF-8 whatever the language of the machine.
  read <- function(name) {
    utils::read.table(
      here(name), header = TRUE, sep = ",", quote = "\"", dec = ".", colClasses = "character", na.strings = "",
      comment.char = "", check.names = FALSE, blank.lines.skip = FALSE, encoding = "UTF-8", stringsAsFactors = FALSE,
      row.names = NULL
    )
  }
  # Codes under their labels; a code that no label is known for is its own.
  labelled <- function(x, codes, labels, ordered = FALSE) {
    unknown <- setdiff(unique(x[!is.na(x)]), codes)
    x <- factor(x, levels = c(codes, unknown), labels = c(labels, unknown), ordered = ordered)
    attr(x, "codes") <- as.integer(c(codes, unknown))
    x
  }
  reasons <- list()
  keep <- function(name, x, label) {
    attr(x, "label") <- label
    data[[name]] <<- x
  }
  # Why there is no answer goes in a variable of its own, at the end; the answer is NA.
  answered <- function(x, label, codes, labels, why, none) {
    if (length(codes)) {
      reason <- labelled(ifelse(x %in% codes, x, NA_character_), codes, labels)
      attr(reason, "label") <- paste0(none, label)
      reasons[[why]] <<- reason
    }
    ifelse(x %in% codes, NA_character_, x)
  }
  text <- function(name, label) keep(name, data[[name]], label)
  date <- function(name, label) keep(name, as.Date(data[[name]], format = "%Y-%m-%d"), label)
  moment <- function(name, label) {
    x <- data[[name]]
    stopifnot(all(is.na(x) | grepl("(Z|[+]00:00)$", x)))
    keep(name, as.POSIXct(substr(x, 1, 19), format = "%Y-%m-%dT%H:%M:%S", tz = "UTC"), label)
  }
  number <- function(name, label, codes = character(), labels = character(), why = NULL, none = NULL) {
    keep(name, as.numeric(answered(data[[name]], label, codes, labels, why, none)), label)
  }
  coded <- function(name, label, values, words, codes = character(), labels = character(), why = NULL,
                    none = NULL, ordered = FALSE) {
    keep(name, labelled(answered(data[[name]], label, codes, labels, why, none), values, words, ordered), label)
  }

