// Package mlog has the functions of monis.app/mlog that the webhook and the CSI driver call, on klog.
// The module itself is not held by every Go module proxy. Only how log lines look differs.
package mlog

import (
	"context"
	"flag"
	"fmt"
	"strconv"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

// LogLevel is how much is logged; klog's verbosity follows from it.
type LogLevel string

// The levels, from few lines to all.
const (
	LevelWarning LogLevel = "warning"
	LevelInfo    LogLevel = "info"
	LevelDebug   LogLevel = "debug"
	LevelTrace   LogLevel = "trace"
	LevelAll     LogLevel = "all"
)

// LogFormat is accepted and has no effect: every line is klog text.
type LogFormat string

// The formats that callers name.
const (
	FormatText LogFormat = "text"
	FormatJSON LogFormat = "json"
	FormatCLI  LogFormat = "cli"
)

// LogSpec is what a program wants logged.
type LogSpec struct {
	Level  LogLevel
	Format LogFormat
}

var verbosities = map[LogLevel]klog.Level{
	"": 0, LevelWarning: 0, LevelInfo: 2, LevelDebug: 4, LevelTrace: 6, LevelAll: 10,
}

// Logger writes messages with keys and values.
type Logger struct{ to logr.Logger }

// New is the program's logger.
func New() Logger { return Logger{klog.Background()} }

// Logr is the same logger for libraries that want logr's type.
func Logr() logr.Logger { return klog.Background() }

// Setup returns what flushes the log.
func Setup() func() { return klog.Flush }

// Enabled says whether lines of a level are written.
func Enabled(level LogLevel) bool { return klog.V(verbosities[level]).Enabled() }

// ValidateAndSetLogLevelAndFormatGlobally refuses an unknown level and sets klog's verbosity.
func ValidateAndSetLogLevelAndFormatGlobally(ctx context.Context, spec LogSpec) error {
	level, known := verbosities[spec.Level]
	if !known {
		return fmt.Errorf("unknown log level %q", spec.Level)
	}
	return ValidateAndSetKlogLevelAndFormatGlobally(ctx, level, spec.Format)
}

// ValidateAndSetKlogLevelAndFormatGlobally sets klog's verbosity.
func ValidateAndSetKlogLevelAndFormatGlobally(_ context.Context, level klog.Level, _ LogFormat) error {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	return flags.Set("v", strconv.Itoa(int(level)))
}

// WithName is a logger whose lines carry a name.
func (l Logger) WithName(name string) Logger { return Logger{l.to.WithName(name)} }

// WithValues is a logger whose lines carry these keys and values.
func (l Logger) WithValues(values ...any) Logger { return Logger{l.to.WithValues(values...)} }

// Debug writes a line of the debug level.
func (l Logger) Debug(message string, values ...any) { l.to.V(4).Info(message, values...) }

// Info writes a line of the info level.
func (l Logger) Info(message string, values ...any) { l.to.Info(message, values...) }

// Warning writes a line that is always seen.
func (l Logger) Warning(message string, values ...any) { l.to.Info(message, values...) }

// Error writes an error.
func (l Logger) Error(message string, err error, values ...any) { l.to.Error(err, message, values...) }

// Debug writes a line of the debug level.
func Debug(message string, values ...any) { New().Debug(message, values...) }

// Info writes a line of the info level.
func Info(message string, values ...any) { New().Info(message, values...) }

// Warning writes a line that is always seen.
func Warning(message string, values ...any) { New().Warning(message, values...) }

// Error writes an error.
func Error(message string, err error, values ...any) { New().Error(message, err, values...) }

// Fatal writes an error and ends the program.
func Fatal(err error) {
	klog.ErrorDepth(1, err)
	klog.FlushAndExit(klog.ExitFlushTimeout, 1)
}
